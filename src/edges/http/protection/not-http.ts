import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { ArrivalStep } from '../arrival.ts'
import type { HttpConfig } from '../dependencies.ts'
import { detailsOf } from '../../../serving/problem-details.ts'
import { Problem } from '../../../serving/problem.ts'
import { securityHeaders } from './security-headers.ts'

/** What a connection may take its time for, and how much it may say before its body. */
export const connectionLimits = {
  /** Until all headers are there, ms. */
  headersTimeout: 10_000,
  /** Until the whole request is there, ms: a megabyte within it is half a megabit a second. */
  requestTimeout: 20_000,
  /** How often to look whose time is over, ms. */
  connectionsCheckingInterval: 1_000,
  /** Of all headers together, in bytes. */
  maxHeaderSize: 16_384,
} as const

/**
 * How connections are taken. Other protocols than WebSocket for Socket.IO are not spoken here: who offers one, as
 * clients offer HTTP/2, is answered in the one they came with (RFC 9110 §7.8).
 */
export const connections: ServerOptions = {
  ...connectionLimits,
  // It would be answered without a word; `onlyWellFormed` looks after it.
  requireHostHeader: false,
  shouldUpgradeCallback: ({ url = '', headers: { upgrade = '' } }) =>
    url.startsWith('/socket.io/') && upgrade.toLowerCase() === 'websocket',
}

/** What Node finds wrong with a request before it is one. */
const known: Readonly<Record<string, readonly [code: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'All headers together may have 16 KiB at the most.'],
}

/**
 * Answers what is not even HTTP, or never will be; there is no request yet that a reply could belong to. Nothing that
 * comes after it on the connection is read: who smuggles must not find it open.
 */
export const notHttp = (config: Pick<HttpConfig, 'secureCookies'>) => {
  const common = Object.entries({
    ...securityHeaders(config),
    'content-type': 'application/problem+json; charset=utf-8',
    connection: 'close',
  })
  return (error: unknown, socket: Socket): void => {
    const name = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!socket.writable || name === 'ECONNRESET') {
      socket.destroy()
      return
    }
    const [code, detail] = known[name] ?? [
      'malformed_request',
      'This is not a well-formed HTTP request.',
    ]
    const id = randomUUID()
    const body = JSON.stringify(detailsOf(new Problem(400, code, detail), id))
    const headers = [
      ...common,
      ['x-correlation-id', id],
      ['content-length', Buffer.byteLength(body)],
    ]
    const lines = headers.map(([header, value]) => `${header}: ${value}\r\n`).join('')
    socket.end(`HTTP/1.1 400 Bad Request\r\n${lines}\r\n${body}`)
  }
}

/** How often a request says for which host it is. Node tells of the first only. */
export const hostsOf = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): number => {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]!.length === 4 && rawHeaders[index]!.toLowerCase() === 'host') hosts += 1
  return hosts
}

/**
 * A request target as a path with its query: a server takes targets in absolute form as well (RFC 9112 §3.2.2), and a
 * gateway must not pass them on as they came. A target that is neither is returned unchanged, and refused later.
 */
export const inOriginForm = (target: string): string => {
  if (target.startsWith('/')) return target
  const [absolute, path = ''] = /^https?:\/\/[^/?#]+([^]*)$/i.exec(target) ?? []
  if (absolute === undefined) return target
  return path.startsWith('/') ? path : `/${path}`
}

/** What is wrong with a request that Node has taken for one. */
const faultOf = (request: IncomingMessage): string | undefined => {
  const { httpVersion, method, url = '' } = request
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'HTTP/1.1 is spoken here.'
  if (!url.startsWith('/') && !(method === 'OPTIONS' && url === '*'))
    return 'The target of a request is a path, or an address with http:// or https://.'
  const hosts = hostsOf(request)
  // Who reads the first and who reads the last would not mean the same (RFC 9112 §3.2).
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1'))
    return 'Say for which host the request is, once: `Host: …`.'
  return undefined
}

/** Turns away what Node lets pass, or would answer without a word. Comes behind what gives answers headers. */
export const onlyWellFormed = (app: FastifyInstance): ArrivalStep => {
  // An expectation that nobody knows may be left alone (RFC 9110 §10.1.1).
  app.server.on('checkExpectation', (request, response) => {
    app.server.emit('request', request, response)
  })
  return ({ raw }) => {
    const fault = faultOf(raw)
    return fault === undefined ? undefined : new Problem(400, 'malformed_request', fault)
  }
}
