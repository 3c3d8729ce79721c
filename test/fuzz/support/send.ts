import { Agent, request } from 'node:http'
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { AnyRoute } from '../../../src/serving/route.ts'
import type { Described } from './requests.ts'
import { resolved, textOf, type Find } from './values.ts'

/** A request as it is on the wire. */
export type Wire = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Buffer | undefined
}

/** An answer, or why there was none. */
export type Answered = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body, where it is JSON. */
  readonly body: unknown
}

/** Writes a value in a query: a text is percent-encoded, and lone surrogates as clients send them. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed())

/**
 * Chooses the ids of a request.
 * @param prefix of the API: `/api/v1`
 * @param token of the caller, if they have one
 */
export const wireOf = (
  { method, url }: Pick<AnyRoute, 'method' | 'url'>,
  described: Described,
  {
    prefix,
    token,
    find,
  }: { readonly prefix: string; readonly token: string | undefined; readonly find: Find },
): Wire => {
  const { params, segments, query, headers: further, json, raw, authorization } = described
  const path = url.replaceAll(
    /:(\w+)/g,
    (_, name: string) => segments[name] ?? encoded(textOf(params[name] ?? '', find)),
  )
  const search = query
    .map(([name, value]) => `${encoded(name)}=${encoded(textOf(value, find))}`)
    .join('&')
  const headers: Record<string, string | string[]> = {}
  const signed = authorization ?? (token === undefined ? undefined : `Bearer ${token}`)
  if (signed !== undefined) headers['authorization'] = signed
  if (json !== undefined) headers['content-type'] = 'application/json'
  if (raw?.type !== undefined) headers['content-type'] = raw.type
  for (const [name, value] of further) headers[name] = value
  const body = json === undefined ? raw?.content : JSON.stringify(resolved(json, find))
  return {
    method,
    path: `${prefix}${path}${search === '' ? '' : `?${search}`}`,
    headers,
    body,
  }
}

/** Sends requests to a server. */
export type Send = Disposable & {
  /** @throws Error when there is no answer in time, or the connection ends before it */
  readonly send: (wire: Wire) => Promise<Answered>
}

/** Time in which a request must be answered, in ms. */
const patience = 30_000

/** A client with persistent connections. */
export const sender = (url: string): Send => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const { hostname, port } = new URL(url)
  const once = ({ method, path, headers, body }: Wire): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
      const sent = request({
        agent,
        hostname,
        port,
        method,
        path,
        headers: { ...headers, ...length } as never,
        signal: AbortSignal.timeout(patience),
      })
      sent.on('response', (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('error', reject)
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response
          const text = plain(answered['content-encoding'], Buffer.concat(parts)).toString()
          resolve({ status, headers: answered, text, body: jsonOf(answered['content-type'], text) })
        })
      })
      sent.on('error', reject)
      sent.end(body)
    })
  return {
    // A kept connection may be closed by the server while a request is sent on it.
    send: async (wire) =>
      once(wire).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return once(wire)
        throw error
      }),
    [Symbol.dispose]: () => agent.destroy(),
  }
}

const decoders = {
  br: brotliDecompressSync,
  deflate: inflateSync,
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
}

/** Decompresses a body. */
const plain = (encoding: string | undefined, bytes: Buffer): Buffer => {
  const decode = Object.entries(decoders).find(([name]) => name === encoding)?.[1]
  return decode && bytes.length > 0 ? decode(bytes) : bytes
}

const jsonOf = (type: string | undefined, text: string): unknown => {
  if (!/[/+]json/.test(type ?? '') || text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
