/** Fields that hold secrets or personal data, in lower case without separators, at any depth. */
const hiddenFields = new Set([
  'authorization',
  'cookie',
  'setcookie',
  'password',
  'passwordhash',
  'token',
  'accesstoken',
  'refreshtoken',
  'paymenttoken',
  'idtoken',
  'secret',
  'clientsecret',
  'codeverifier',
  'apikey',
  'email',
  'phone',
  'ip',
  'useragent',
  'username',
  'displayname',
  'address',
  'body',
])

const hidden = '***'

/** Secrets and addresses within texts, each with its replacement. Repetitions are bounded, so that long texts cost little. */
const patterns: readonly (readonly [RegExp, string])[] = [
  // User and password of a URL.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']{1,500}@/gi, `$1${hidden}@`],
  [/\b(Bearer|Basic)\s{1,5}[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${hidden}`],
  // A JSON Web Token.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+/g, hidden],
  [
    /\b([\w-]{0,40}(?:password|passwd|secret|api[_-]?key|token))(\s{0,5}[=:]\s{0,5})[^\s,;&"']+/gi,
    `$1$2${hidden}`,
  ],
  [
    /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    hidden,
  ],
]

/** Returns a text without secrets and e-mail addresses. */
export const redactedText = (text: string): string =>
  patterns.reduce((before, [pattern, by]) => before.replace(pattern, by), text)

/** Depth below which fields are left out: a line has no deeper ones, except a library's objects. */
const deepest = 6

/** Returns a value of a log line without secrets and personal data in its fields and texts. */
export const redacted = (value: unknown, depth = 0): unknown => {
  if (typeof value === 'string') return redactedText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === deepest) return hidden
  if (Array.isArray(value)) return value.slice(0, 100).map((one) => redacted(one, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      hiddenFields.has(name.toLowerCase().replaceAll(/[^a-z]/g, ''))
        ? hidden
        : redacted(one, depth + 1),
    ]),
  )
}
