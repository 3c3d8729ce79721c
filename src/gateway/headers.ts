import type { IncomingHttpHeaders } from 'node:http'

/** Headers that are about one connection only (RFC 9110 §7.6.1). */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** What only the gateway says, whatever a client claims; and what it has dealt with itself. */
const ours = /^(x-forwarded-.*|forwarded|x-real-ip|x-user-id|x-agora-.*|expect|content-length)$/

/** The names that a `Connection` header lists: they end here as well. */
const listed = (connection: string | undefined): readonly string[] =>
  connection === undefined ? [] : connection.split(',').map((name) => name.trim().toLowerCase())

/** What a message's headers are beyond this connection. */
const endToEnd = (
  headers: IncomingHttpHeaders,
  dropped: (name: string) => boolean,
): Record<string, string | string[]> => {
  const ended = new Set([...hopByHop, ...listed(headers.connection)])
  const kept: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !ended.has(name) && !dropped(name)) kept[name] = value
  return kept
}

/** The headers of a request that are passed on: nothing that says who the client is, except the token. */
export const requestHeaders = (headers: IncomingHttpHeaders): Record<string, string | string[]> =>
  endToEnd(headers, (name) => ours.test(name))

/** The headers of an answer that are passed back. */
export const answerHeaders = (headers: IncomingHttpHeaders): Record<string, string | string[]> =>
  endToEnd(headers, () => false)
