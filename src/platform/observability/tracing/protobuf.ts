/** Bytes of a length as a varint, which has seven bits in each. @param length less than 2^31 */
const varintLength = (length: number): number =>
  length < 1 << 7 ? 1 : length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : length < 1 << 28 ? 4 : 5

/**
 * Writes a length as a varint.
 * @param length less than 2^31
 * @returns where it ends
 */
export const writeVarint = (bytes: Uint8Array, start: number, length: number): number => {
  let at = start
  let rest = length
  while (rest > 127) {
    bytes[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[at++] = rest
  return at
}

/** How the value of a field is written. */
const wireTypes = { varint: 0, fixed64: 1, bytes: 2 } as const

/** Returns the byte that a field begins with. @param field its number, less than 16 */
export const tag = (field: number, type: keyof typeof wireTypes): number =>
  (field << 3) | wireTypes[type]

/** Returns what a field of bytes begins with: its tag and its length. */
export const bytesStart = (field: number, length: number): Uint8Array => {
  const start = new Uint8Array(1 + varintLength(length))
  start[0] = tag(field, 'bytes')
  writeVarint(start, 1, length)
  return start
}

/** Returns fields one after the other: a message. */
export const message = (...fields: readonly Uint8Array[]): Uint8Array => Buffer.concat(fields)

/** Returns a field that is bytes, such as a message in a message. */
export const bytesField = (field: number, value: Uint8Array): Uint8Array =>
  message(bytesStart(field, value.length), value)

/** Returns a field that is a text. */
export const textField = (field: number, value: string): Uint8Array =>
  bytesField(field, Buffer.from(value))

/** Returns a field that is an integer of up to 64 bits, an enum or a boolean. @param value an integer */
export const integerField = (field: number, value: number): Uint8Array => {
  const bytes = [tag(field, 'varint')]
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

/** Returns a field that is a number with a fraction. */
export const doubleField = (field: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(9)
  bytes[0] = tag(field, 'fixed64')
  new DataView(bytes.buffer).setFloat64(1, value, true)
  return bytes
}
