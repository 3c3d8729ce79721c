import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { detailsOf, Problem } from './problem.ts'

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

/** What Node finds wrong with a request before it is one. */
const known: Readonly<Record<string, readonly [code: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'All headers together may have 16 KiB at the most.'],
}

/**
 * Answers what is not even HTTP, or never will be; there is no request yet that a reply could belong to. Nothing that
 * comes after it on the connection is read: who smuggles must not find it open.
 */
export const notHttp = (error: unknown, socket: Socket): void => {
  const name = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (!socket.writable || name === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const [code, detail] = known[name] ?? [
    'malformed_request',
    'This is not a well-formed HTTP request.',
  ]
  const body = JSON.stringify(detailsOf(new Problem(400, code, detail), randomUUID()))
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
