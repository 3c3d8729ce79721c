/** 64 bits as two numbers of 32 bits with a sign: a text of digits would be made, flattened and read again for each span. */
export type Bits64 = { readonly high: number; readonly low: number }

/** Id of a span. */
export type SpanId = Bits64

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

/** Reads 64 bits from groups of four digits. @returns undefined where one is none */
const bits64 = (
  text: string,
  first: number,
  second: number,
  third: number,
  fourth: number,
): Bits64 | undefined => {
  const a = four(text, first)
  const b = four(text, second)
  const c = four(text, third)
  const d = four(text, fourth)
  if ((a | b | c | d) >= noDigit) return undefined
  return { high: (a << 16) | b, low: (c << 16) | d }
}

const hyphen = 45

const hasFormOfUuid = (text: string): boolean =>
  text.length === 36 &&
  text.charCodeAt(8) === hyphen &&
  text.charCodeAt(13) === hyphen &&
  text.charCodeAt(18) === hyphen &&
  text.charCodeAt(23) === hyphen

/** Returns the first 64 bits of a UUID; undefined if the text is none. */
export const firstBitsOf = (uuid: string): Bits64 | undefined =>
  hasFormOfUuid(uuid) ? bits64(uuid, 0, 4, 9, 14) : undefined

/**
 * Returns the span id of something that has a UUID, such as a command or an event: its last 64 bits, so that every
 * process derives the same id from the log. Undefined if its id is no UUID.
 */
export const spanIdOf = (id: string): SpanId | undefined =>
  hasFormOfUuid(id) ? bits64(id, 19, 24, 28, 32) : undefined

/** Reads a span id as a `traceparent` has it. @param text 16 hexadecimal digits */
export const parsedSpanId = (text: string): SpanId | undefined =>
  text.length === 16 ? bits64(text, 0, 4, 8, 12) : undefined

const eightDigits = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')

/** Returns 64 bits as 16 hexadecimal digits, in lower case. */
export const hexOf = ({ high, low }: Bits64): string => eightDigits(high) + eightDigits(low)
