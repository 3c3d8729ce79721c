import { storable } from '../documents/json.ts'

/** Number of hashes. */
const hashes = 2 ** 32

const left = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/** Of longer keys, the bytes are copied. */
const longest = 256

const bytes = new Uint8Array(longest + 12)

/** The bytes of a text in UTF-8, as it is stored, with 12 zeros behind them; of most keys, without memory of their own. */
const bytesOf = (text: string): { readonly held: Uint8Array; readonly length: number } => {
  let isPlain = text.length <= longest
  for (let at = 0; isPlain && at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    isPlain = unit > 0 && unit < 128
    bytes[at] = unit
  }
  if (isPlain) {
    bytes.fill(0, text.length, text.length + 12)
    return { held: bytes, length: text.length }
  }
  const encoded = Buffer.from(storable(text))
  const held = new Uint8Array(encoded.length + 12)
  held.set(encoded)
  return { held, length: encoded.length }
}

/**
 * Returns the hash of a key, as stores have it: the function `hashtext` of PostgreSQL, so that its log can select events by
 * it. That is lookup3 (Jenkins, 2006) over the bytes in UTF-8, with words in the order of small machines, and without a seed.
 */
export const hashOfKey = (key: string): number => {
  const { held, length } = bytesOf(key)
  const word = (n: number): number =>
    held[n]! | (held[n + 1]! << 8) | (held[n + 2]! << 16) | (held[n + 3]! << 24)
  let a = (0x9e3779b9 + length + 3_923_095) | 0
  let [b, c] = [a, a]
  let from = 0
  for (; length - from >= 12; from += 12) {
    a = (a + word(from)) | 0
    b = (b + word(from + 4)) | 0
    c = (c + word(from + 8)) | 0
    a = ((a - c) | 0) ^ left(c, 4)
    c = (c + b) | 0
    b = ((b - a) | 0) ^ left(a, 6)
    a = (a + c) | 0
    c = ((c - b) | 0) ^ left(b, 8)
    b = (b + a) | 0
    a = ((a - c) | 0) ^ left(c, 16)
    c = (c + b) | 0
    b = ((b - a) | 0) ^ left(a, 19)
    a = (a + c) | 0
    c = ((c - b) | 0) ^ left(b, 4)
    b = (b + a) | 0
  }
  // The last bytes: those that are not there are 0; the lowest byte of the third word is left free.
  a = (a + word(from)) | 0
  b = (b + word(from + 4)) | 0
  c = (c + (word(from + 8) << 8)) | 0
  c = ((c ^ b) - left(b, 14)) | 0
  a = ((a ^ c) - left(c, 11)) | 0
  b = ((b ^ a) - left(a, 25)) | 0
  c = ((c ^ b) - left(b, 16)) | 0
  a = ((a ^ c) - left(c, 4)) | 0
  b = ((b ^ a) - left(a, 14)) | 0
  c = ((c ^ b) - left(b, 24)) | 0
  return c >>> 0
}

/** Whether a key is in a part: hashes are divided into equal ranges. */
export const isInRange = (
  { part, of }: { readonly part: number; readonly of: number },
  key: string,
): boolean => Math.floor((hashOfKey(key) * of) / hashes) === part
