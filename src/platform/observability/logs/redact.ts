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
  'phonenumber',
  'ip',
  'useragent',
  'username',
  'displayname',
  'address',
  'body',
  'code',
  'to',
  'recipient',
  'recipients',
  'endpoint',
  'name',
])

const hidden = '***'

/** Longest text that is searched for secrets, in UTF-16 code units; the rest is cut off. */
export const longestText = 16_000

/** Length after a cut that is searched as well, so that no secret is shown because its end was cut off. */
const beyondCut = 1_000

/** A value in quotes, which may be escaped, as JSON within JSON; or up to a space or separator. Matches whatever follows. */
const value = String.raw`(?:\\+["'][^"'\\]*|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&"'\\][^\s,;&"']*)`

/** What separates a name from its value, with the quote that closes the name. */
const is = String.raw`\\{0,3}["']?\s{0,5}[=:]\s{0,5}`

/** Codes of errors, which are shown: `ECONNREFUSED`, `ERR_TLS`, `23505`, `404`. */
const codeOfError = String.raw`\\{0,3}["']?(?:E[A-Z][A-Z0-9_]{2,60}|\w{1,5})(?![\w.~+/-])`

/**
 * Secrets, addresses and telephone numbers within texts, each with its replacement. Each pattern takes time in proportion
 * to the text: repetitions that may fail at their end are bounded, or begin where no other one of them can.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  // User and password of a URL.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']{1,500}@/gi, `$1${hidden}@`],
  // Headers with credentials: of any scheme, up to the closing quote or the end of the line.
  [
    new RegExp(
      String.raw`\b((?:proxy-)?authorization|(?:set-)?cookie)(${is})(?:\\+["'][^"'\\]*|"[^"\r\n]*|'[^'\r\n]*|[^\s"'][^"'\r\n]*)`,
      'gi',
    ),
    `$1$2${hidden}`,
  ],
  [/\b(Bearer|Basic)\s{1,5}[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${hidden}`],
  // A JSON Web Token, which may follow an escaped character of a URL.
  [/(?:(?<![A-Za-z0-9_-])|(?<=%[0-9a-f]{2}))eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+/gi, hidden],
  [
    new RegExp(
      String.raw`(password|passwd|passphrase|secret|api[_-]?key|token|verifier)(${is})${value}`,
      'gi',
    ),
    `$1$2${hidden}`,
  ],
  // Answers of identity providers, in the queries of URLs.
  [/([?&](?:code|state)=)[^\s&"'#]+/gi, `$1${hidden}`],
  [
    new RegExp(
      String.raw`(?<![a-z0-9])((?:auth|authorization|verification|access)?[_-]?code)(${is})(?!${codeOfError})${value}`,
      'gi',
    ),
    `$1$2${hidden}`,
  ],
  [
    /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(\.[\p{L}\p{N}-]{1,63}){1,8}/gu,
    hidden,
  ],
  // A telephone number of E.164, as people write it; `%2B` is a plus in a URL.
  [/(?:(?<![\w+.])\+|%2B)[1-9](?:[ ()./-]{0,2}\d){6,14}(?!\d)/gi, hidden],
]

/**
 * Returns a text without secrets, e-mail addresses and telephone numbers.
 * @param most length to which the text is cut before
 */
export const redactedText = (text: string, most = longestText): string => {
  const searched = patterns.reduce(
    (before, [pattern, by]) => before.replace(pattern, by),
    text.slice(0, most + beyondCut),
  )
  // The end may be the begin of a secret.
  const whole = text.length > most + beyondCut ? searched.length - beyondCut : searched.length
  return searched.slice(0, Math.max(0, Math.min(most, whole)))
}

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
      redactedText(name, 200),
      hiddenFields.has(name.toLowerCase().replaceAll(/[^a-z]/g, ''))
        ? hidden
        : redacted(one, depth + 1),
    ]),
  )
}
