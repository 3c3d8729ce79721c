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

/** What only the gateway says, whatever a client claims; and what it has dealt with itself. */
const ours = new Set([
  'forwarded',
  'x-real-ip',
  'x-user-id',
  'x-correlation-id',
  'expect',
  'content-length',
])
const isOurs = (name: string): boolean =>
  ours.has(name) || name.startsWith('x-forwarded-') || name.startsWith('x-agora-')

const none: ReadonlySet<string> = new Set()

/** The names that a `Connection` header lists: they end here as well. */
const listed = (connection: string | undefined): ReadonlySet<string> =>
  connection === undefined || connection === 'keep-alive' || connection === 'close'
    ? none
    : new Set(connection.split(',').map((name) => name.trim().toLowerCase()))

/**
 * The headers of a request that are passed on, as a list of names and values that more can be added to: nothing that
 * says who the client is, except the token.
 */
export const requestHeaders = (headers: IncomingHttpHeaders): string[] => {
  const ended = listed(headers.connection)
  const kept: string[] = []
  for (const name in headers) {
    const value = headers[name]
    if (value === undefined || hopByHop.has(name) || ended.has(name) || isOurs(name)) continue
    if (typeof value === 'string') kept.push(name, value)
    else for (const one of value) kept.push(name, one)
  }
  return kept
}

/** The headers of an answer that are passed back: what it says beyond this connection. */
export const answerHeaders = (headers: IncomingHttpHeaders): Record<string, string | string[]> => {
  const ended = listed(headers.connection)
  const kept: Record<string, string | string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && !hopByHop.has(name) && !ended.has(name)) kept[name] = value
  }
  return kept
}
