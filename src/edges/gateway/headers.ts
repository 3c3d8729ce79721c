import type { IncomingHttpHeaders } from 'node:http'

/** Headers that are about one connection only (RFC 9110 §7.6.1). */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Headers that a client may not set, and those that the gateway handles itself. */
const overwritten = new Set([
  'forwarded',
  'x-real-ip',
  'x-user-id',
  'x-correlation-id',
  'traceparent',
  'expect',
  'content-length',
])
const isOverwritten = (name: string): boolean =>
  overwritten.has(name) || name.startsWith('x-forwarded-') || name.startsWith('x-agora-')

const none: ReadonlySet<string> = new Set()

/** The names that a `Connection` header lists: hop-by-hop headers as well. */
const listed = (connection: string | undefined): ReadonlySet<string> =>
  connection === undefined || connection === 'keep-alive' || connection === 'close'
    ? none
    : new Set(connection.split(',').map((name) => name.trim().toLowerCase()))

/**
 * Returns the headers of a request to forward, as a mutable list of names and values: none that identifies the client,
 * except its token.
 */
export const requestHeaders = (headers: IncomingHttpHeaders): string[] => {
  const hopHeaders = listed(headers.connection)
  const forwarded: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || hopByHop.has(name) || hopHeaders.has(name) || isOverwritten(name))
      continue
    if (typeof value === 'string') forwarded.push(name, value)
    else for (const one of value) forwarded.push(name, one)
  }
  return forwarded
}

/** Returns the end-to-end headers of an answer, to be sent to the client. */
export const answerHeaders = (headers: IncomingHttpHeaders): Record<string, string | string[]> => {
  const hopHeaders = listed(headers.connection)
  const forwarded: Record<string, string | string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !hopByHop.has(name) && !hopHeaders.has(name)) forwarded[name] = value
  }
  return forwarded
}
