import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { CloudinarySettings } from '../../src/platform/storage/blobs/cloudinary-api.ts'

const account = { cloud: 'demo', apiKey: '8743', apiSecret: 'b3s1gned' }

type Stored = { readonly bytes: Buffer; readonly createdAt: Date }
type Answer = {
  readonly status: number
  readonly body?: Buffer | object
  readonly headers?: Readonly<Record<string, string>>
}

const sha1 = (text: string) => createHash('sha1').update(text)
const refused = (status: number, message: string): Answer => ({
  status,
  body: { error: { message } },
})

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** The form of a call, once its signature has been checked. */
const signedForm = async (request: IncomingMessage): Promise<FormData | Answer> => {
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(Uint8Array.from(await buffer(request)), { headers }).formData()
  const unsigned = new Set(['file', 'api_key', 'signature', 'resource_type', 'cloud_name'])
  const signed = [...form]
    .filter(([name]) => !unsigned.has(name))
    .map(([name]) => `${name}=${textOf(form, name)}`)
    .toSorted()
    .join('&')
  if (form.get('api_key') !== account.apiKey) return refused(401, 'unknown api_key')
  if (form.get('signature') !== sha1(signed + account.apiSecret).digest('hex'))
    return refused(401, `Invalid Signature. String to sign - '${signed}'.`)
  const age = Date.now() / 1_000 - Number(form.get('timestamp'))
  if (!(age < 3_600)) return refused(401, 'Stale request')
  return form
}

/**
 * A stand-in for Cloudinary, by its documentation: uploads, also in chunks, names, removals, lists and deliveries of files of the
 * type `raw`. It checks every signature.
 */
export const cloudinaryStandIn = async () => {
  const files = new Map<string, Stored>()
  const uploads = new Map<string, Buffer[]>()
  let failures: number[] = []

  const store = (id: string, bytes: Buffer): Answer => {
    if (bytes.length === 0) return refused(400, 'Empty file')
    files.set(id, { bytes, createdAt: new Date() })
    return { status: 200, body: { public_id: id, bytes: bytes.length } }
  }
  const upload = async (form: FormData, request: IncomingMessage): Promise<Answer> => {
    const id = textOf(form, 'public_id')
    const file = form.get('file')
    const bytes = file instanceof Blob ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0)
    const range = request.headers['content-range']
    if (range === undefined) return store(id, bytes)
    const [, start, end, total] = /^bytes (\d+)-(\d+)\/(-1|\d+)$/.exec(range) ?? []
    const name = String(request.headers['x-unique-upload-id'])
    const parts = uploads.get(name) ?? []
    const size = parts.reduce((sum, { length }) => sum + length, 0)
    if (Number(start) !== size || Number(end) !== size + bytes.length - 1)
      return refused(400, 'Wrong range')
    if (total === '-1' && bytes.length < 5_000_000) return refused(400, 'Chunk too small')
    uploads.set(name, [...parts, bytes])
    if (total === '-1') return { status: 200, body: { done: false } }
    uploads.delete(name)
    return store(id, Buffer.concat([...parts, bytes]))
  }
  const rename = (form: FormData): Answer => {
    const [from, to] = [textOf(form, 'from_public_id'), textOf(form, 'to_public_id')]
    const file = files.get(from)
    if (!file) return refused(404, 'Resource not found')
    files.delete(from)
    files.set(to, file)
    return { status: 200, body: { public_id: to } }
  }
  const destroy = (form: FormData): Answer => ({
    status: 200,
    body: { result: files.delete(textOf(form, 'public_id')) ? 'ok' : 'not found' },
  })

  const deliver = (signature: string, id: string, request: IncomingMessage): Answer => {
    const expected = sha1(id + account.apiSecret)
      .digest('base64url')
      .slice(0, 8)
    if (signature !== expected) return refused(401, 'Invalid signature')
    const bytes = files.get(id)?.bytes
    if (!bytes) return refused(404, 'Resource not found')
    const [, from = '0', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    if (request.headers.range === undefined) return { status: 200, body: bytes }
    if (Number(from) >= bytes.length) return refused(416, 'Range')
    return { status: 206, body: bytes.subarray(Number(from), Number(to) + 1) }
  }
  const list = (query: URLSearchParams, request: IncomingMessage): Answer => {
    const basic = Buffer.from(`${account.apiKey}:${account.apiSecret}`).toString('base64')
    if (request.headers.authorization !== `Basic ${basic}`) return refused(401, 'Unauthorized')
    const after = query.get('next_cursor') ?? ''
    const found = [...files]
      .filter(([id]) => id.startsWith(query.get('prefix') ?? '') && id > after)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    // Small pages, so that there are several.
    const page = found.slice(0, 2)
    const resources = page.map(([id, { bytes, createdAt }]) => ({
      public_id: id,
      bytes: bytes.length,
      created_at: createdAt.toISOString().replace(/\.\d+/, ''),
    }))
    const last = page.at(-1)
    return {
      status: 200,
      body: { resources, ...(found.length > 2 && last && { next_cursor: last[0] }) },
    }
  }
  const answerOf = async (request: IncomingMessage): Promise<Answer> => {
    const failure = failures.shift()
    if (failure !== undefined) return refused(failure, 'failing')
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x')
    const [, , , method] = /^\/(v1_1)\/(demo)\/raw\/(\w+)$/.exec(pathname) ?? []
    if (method !== undefined) {
      const form = await signedForm(request)
      if (!(form instanceof FormData)) return form
      if (form.get('type') !== 'authenticated') return refused(400, 'Not for signed URLs alone')
      if (method === 'upload') return upload(form, request)
      return method === 'rename' ? rename(form) : destroy(form)
    }
    if (pathname === '/v1_1/demo/resources/raw/authenticated') return list(searchParams, request)
    const [, signature = '', id = ''] =
      /^\/demo\/raw\/authenticated\/s--(.{8})--\/v1\/(.+)$/.exec(pathname) ?? []
    return deliver(signature, id, request)
  }

  const server = createServer((request, response) => {
    void answerOf(request).then(({ status, body = {}, headers = {} }) => {
      const sent = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
      response.writeHead(status, { 'content-length': sent.length, ...headers })
      response.end(request.method === 'HEAD' ? undefined : sent)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const settings: CloudinarySettings = { ...account, api: url, delivery: url }
  return {
    settings,
    url,
    /** Names of the files. */
    names: () => [...files.keys()],
    /** Answers the next calls with these statuses. */
    failNext: (...statuses: readonly number[]) => {
      failures = [...statuses]
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
