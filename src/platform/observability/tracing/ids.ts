/** Id of a span: 64 bits, as two numbers of 32 bits with a sign. A text of its digits would be written and read again for each span. */
export type SpanId = { readonly high: number; readonly low: number }

/** A number that no four digits have; so has what is combined with it. */
const noDigit = 0x1_00_00

/** Values of hexadecimal digits, by their character codes. */
const digits = new Int32Array(128).fill(noDigit)
for (const digit of '0123456789abcdefABCDEF') digits[digit.charCodeAt(0)] = Number(`0x${digit}`)

/** Returns the number of four hexadecimal digits; more than any has where one is none. */
const four = (text: string, at: number): number =>
  ((digits[text.charCodeAt(at)] ?? noDigit) << 12) |
  ((digits[text.charCodeAt(at + 1)] ?? noDigit) << 8) |
  ((digits[text.charCodeAt(at + 2)] ?? noDigit) << 4) |
  (digits[text.charCodeAt(at + 3)] ?? noDigit)

const hyphen = 45

const hasFormOfUuid = (text: string): boolean =>
  text.length === 36 &&
  text.charCodeAt(8) === hyphen &&
  text.charCodeAt(13) === hyphen &&
  text.charCodeAt(18) === hyphen &&
  text.charCodeAt(23) === hyphen

/**
 * Reads the 128 bits of a UUID, such as the correlation id of a trace.
 * @param words receives them, as four numbers of 32 bits; as they were, unless all digits are valid
 * @returns whether the text is a UUID
 */
export const readUuid = (text: string, words: Int32Array): boolean => {
  if (!hasFormOfUuid(text)) return false
  const a = four(text, 0)
  const b = four(text, 4)
  const c = four(text, 9)
  const d = four(text, 14)
  const e = four(text, 19)
  const f = four(text, 24)
  const g = four(text, 28)
  const h = four(text, 32)
  if ((a | b | c | d | e | f | g | h) >= noDigit) return false
  words[0] = (a << 16) | b
  words[1] = (c << 16) | d
  words[2] = (e << 16) | f
  words[3] = (g << 16) | h
  return true
}

/** Reads a span id from groups of four digits. @returns undefined where one is none */
const spanIdAt = (
  text: string,
  first: number,
  second: number,
  third: number,
  fourth: number,
): SpanId | undefined => {
  const a = four(text, first)
  const b = four(text, second)
  const c = four(text, third)
  const d = four(text, fourth)
  if ((a | b | c | d) >= noDigit) return undefined
  return { high: (a << 16) | b, low: (c << 16) | d }
}

/**
 * Returns the span id of something that has a UUID, such as a command or an event: its last 64 bits, so that every
 * process derives the same id from the log. Undefined if its id is no UUID.
 */
export const spanIdOf = (id: string): SpanId | undefined =>
  hasFormOfUuid(id) ? spanIdAt(id, 19, 24, 28, 32) : undefined

/** Reads a span id as a `traceparent` has it. @param text 16 hexadecimal digits */
export const parsedSpanId = (text: string): SpanId | undefined =>
  text.length === 16 ? spanIdAt(text, 0, 4, 8, 12) : undefined

/** Returns numbers of 32 bits as hexadecimal digits in lower case, eight for each. */
export const hexOf = (...words: readonly number[]): string =>
  words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
