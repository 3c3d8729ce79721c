import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { ArrivalStep } from '../arrival.ts'
import type { HttpConfig } from '../dependencies.ts'
import { connectionLimits } from './connection-limits.ts'
import { detailsOf } from '../../../serving/problem-details.ts'
import { Problem, type ProblemStatus } from '../../../serving/problem.ts'
import { securityHeaders } from './security-headers.ts'

/**
 * Options of the HTTP server. WebSocket for Socket.IO is the only upgrade; offers of other protocols, such as HTTP/2, are
 * ignored, and the request is answered in HTTP/1.1 (RFC 9110 §7.8).
 */
export const connections: ServerOptions = {
  ...connectionLimits,
  // Node has one limit for all requests; load shedding enforces the shorter one.
  requestTimeout: connectionLimits.uploadTimeout,
  // Node would answer without a body; `onlyWellFormed` checks the header.
  requireHostHeader: false,
  shouldUpgradeCallback: ({ url = '', headers: { upgrade = '' } }) =>
    url.startsWith('/socket.io/') && upgrade.toLowerCase() === 'websocket',
}

/** Problems for the errors of Node's HTTP parser. */
const parserProblems: Readonly<
  Record<string, readonly [status: ProblemStatus, code: string, detail: string]>
> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request_timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [431, 'headers_too_large', 'All headers together may have at most 16 KiB.'],
}

/**
 * Answers bytes that are not HTTP, or never complete a request, so that there is no reply object. The connection is closed
 * and nothing after it is read, which prevents request smuggling.
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
    const [status, code, detail] = parserProblems[name] ?? [
      400,
      'malformed_request',
      'This is not a well-formed HTTP request.',
    ]
    const id = randomUUID()
    const body = JSON.stringify(detailsOf(new Problem(status, code, detail), id))
    const headers = [
      ...common,
      ['x-correlation-id', id],
      ['content-length', Buffer.byteLength(body)],
    ]
    const lines = headers.map(([header, value]) => `${header}: ${value}\r\n`).join('')
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`)
  }
}

/** Returns the number of `Host` headers of a request, of which Node reports only the first. */
export const hostsOf = ({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): number => {
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]!.length === 4 && rawHeaders[index]!.toLowerCase() === 'host') hosts += 1
  return hosts
}

/**
 * Converts a request target to a path with its query: servers accept targets in absolute form as well (RFC 9112 §3.2.2),
 * which a gateway must not forward. A target in another form is returned unchanged, and rejected later.
 */
export const inOriginForm = (target: string): string => {
  if (target.startsWith('/')) return target
  const [absolute, path = ''] = /^https?:\/\/[^/?#]+([^]*)$/i.exec(target) ?? []
  if (absolute === undefined) return target
  return path.startsWith('/') ? path : `/${path}`
}

/** Returns the fault of a request that Node's parser has accepted; undefined for none. */
const faultOf = (request: IncomingMessage): string | undefined => {
  const { httpVersion, method, url = '' } = request
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'Only HTTP/1.1 is supported.'
  if (!url.startsWith('/') && !(method === 'OPTIONS' && url === '*'))
    return 'The target of a request must be a path, or a URL with http:// or https://.'
  const hosts = hostsOf(request)
  // Readers of the first and of the last header would disagree (RFC 9112 §3.2).
  if (hosts > 1 || (hosts === 0 && httpVersion === '1.1')) return 'Send exactly one `Host` header.'
  return undefined
}

/** Rejects requests that Node accepts, or would answer without a body. Registered after the step that sets headers. */
export const onlyWellFormed = (app: FastifyInstance): ArrivalStep => {
  // An unknown expectation may be ignored (RFC 9110 §10.1.1).
  app.server.on('checkExpectation', (request, response) => {
    app.server.emit('request', request, response)
  })
  return ({ raw }) => {
    const fault = faultOf(raw)
    return fault === undefined ? undefined : new Problem(400, 'malformed_request', fault)
  }
}
