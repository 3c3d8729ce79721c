const meanings: Readonly<Record<string, (place: string) => string>> = {
  ECONNREFUSED: (place) => `${place} refuses connections: nothing listens there`,
  ENOTFOUND: (host) => `${host} is an unknown host`,
  EAI_AGAIN: (host) => `${host} is a host that cannot be resolved now`,
  ETIMEDOUT: (place) => `${place} does not answer`,
  EHOSTUNREACH: (place) => `there is no route to ${place}`,
  ENETUNREACH: (place) => `there is no network to ${place}`,
  ECONNRESET: () => 'it closed the connection',
}

/** Errors of the system as libraries show them: `connect ECONNREFUSED 127.0.0.1:1`, `getaddrinfo ENOTFOUND db`. */
const systemError = new RegExp(`\\b(${Object.keys(meanings).join('|')})\\b(?: ([^\\s,;)]+))?`)

/**
 * Finds the reasons why a connection failed, in an error and its causes, in words and each once: `db is an unknown host`.
 */
export const connectionReasons = (error: unknown): readonly string[] => {
  if (!(error instanceof Error)) return []
  const [, code = '', place] = systemError.exec(error.message) ?? []
  const meaning = meanings[code]
  if (meaning) return [meaning(place?.replace(/\.$/, '') ?? 'it')]
  const inner = error instanceof AggregateError ? error.errors : [error.cause]
  const reasons = [...new Set(inner.flatMap(connectionReasons))]
  if (reasons.length > 0) return reasons
  if (/timed? ?out/i.test(error.message)) return ['it does not answer in time']
  if (/certificate|\bSSL\b|\bTLS\b/i.test(error.message)) return [error.message]
  return []
}
