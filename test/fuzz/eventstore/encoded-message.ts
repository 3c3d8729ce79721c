import type { Field, Shape } from './message-shape.ts'

/** Greatest depth that is written; what is deeper is left out. */
const deepest = 500

/** Encodes a text, also lone surrogates, which are no UTF-8: some decoders read them all the same. */
const textBytes = (text: string): Buffer =>
  text.isWellFormed()
    ? Buffer.from(text)
    : Buffer.concat(
        Array.from(text, (character) => {
          if (character.isWellFormed()) return Buffer.from(character)
          const code = character.charCodeAt(0)
          return Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)])
        }),
      )

const varint = (value: bigint): Buffer => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  do {
    bytes.push(Number(rest & 127n) + (rest > 127n ? 128 : 0))
    rest >>= 7n
  } while (rest > 0n)
  return Buffer.from(bytes)
}

const tag = (number: number, type: number): Buffer => varint(BigInt(number) * 8n + BigInt(type))

const sized = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([tag(number, 2), varint(BigInt(bytes.length)), bytes])

const integerOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
  return typeof value === 'string' && /^-?\d{1,30}$/.test(value) ? BigInt(value) : undefined
}

const fixed = (number: number, value: unknown, bytes: 4 | 8): Buffer => {
  const content = Buffer.alloc(bytes)
  if (bytes === 8) content.writeDoubleLE(Number(value))
  else content.writeFloatLE(Number(value))
  return Buffer.concat([tag(number, bytes === 8 ? 1 : 5), content])
}

const fieldOf = (
  field: Field | undefined,
  number: number,
  value: unknown,
  depth: number,
): Buffer => {
  if (value === undefined || value === null || depth > deepest) return Buffer.alloc(0)
  if (value instanceof Uint8Array) return sized(number, value)
  if (Array.isArray(value))
    return Buffer.concat(value.map((one) => fieldOf(field, number, one, depth + 1)))
  if (typeof value === 'object') {
    if (field?.kind === 'map')
      return Buffer.concat(
        Object.entries(value).map(([key, one]) =>
          sized(
            number,
            Buffer.concat([sized(1, textBytes(key)), fieldOf(undefined, 2, one, depth + 1)]),
          ),
        ),
      )
    return sized(number, encodedMessage(field?.shape?.(), value, depth + 1))
  }
  if (field?.kind === 'fixed32' || field?.kind === 'fixed64')
    return fixed(number, value, field.kind === 'fixed64' ? 8 : 4)
  const integer = integerOf(value)
  // A value of another type is written as what it is: the wire type is wrong then.
  if (integer !== undefined && field?.kind !== 'text' && field?.kind !== 'bytes')
    return Buffer.concat([tag(number, 0), varint(integer)])
  return typeof value === 'string'
    ? sized(number, textBytes(value))
    : Buffer.concat([tag(number, 0), varint(integer ?? 0n)])
}

/** Number in place of a name that the message does not have. */
const unknownNumber = (name: string): number => 100 + (name.length % 900)

/**
 * Encodes a value as a message of Protocol Buffers, also one that does not fit: a text in place of a number, unknown fields.
 * @param shape without one, all fields are unknown
 */
export const encodedMessage = (shape: Shape | undefined, value: unknown, depth = 0): Buffer => {
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (typeof value === 'string') return textBytes(value)
  if (typeof value !== 'object' || value === null) return Buffer.alloc(0)
  return Buffer.concat(
    Object.entries(value).map(([name, one]) => {
      const field = shape?.fields.find((known) => known.name === name)
      return fieldOf(field, field?.number ?? unknownNumber(name), one, depth)
    }),
  )
}
