/**
 * Writes messages of Protocol Buffers field by field, from the last to the first, so that the length of a nested message
 * is known when it is written. One message at a time.
 */
export type MessageWriter = {
  /** Starts a message of at most `maxBytes`. */
  readonly begin: (maxBytes: number) => void
  /** An integer from 0 to 2^53 - 1. */
  readonly number: (field: number, value: number) => void
  /** 64 bits, as an int64 or uint64. */
  readonly bits: (field: number, value: bigint) => void
  /** Text in UTF-8; on the wire, it has the same type as bytes. */
  readonly text: (field: number, value: string) => void
  readonly bytes: (field: number, value: Uint8Array) => void
  /** A nested message: the fields that `inside` writes. */
  readonly nested: (field: number, inside: () => void) => void
  /** Returns a copy of the bytes written since `begin`. */
  readonly finish: () => Buffer
}

/** Wire types of a field: a varint, or length-delimited (Protocol Buffers, "Encoding"). */
const wireTypes = { varint: 0, sized: 2 }

/** Creates a writer with its own buffer, which is reused for every message. */
export const messageWriter = (): MessageWriter => {
  let bytes = Buffer.allocUnsafe(16 * 1024)
  let at = bytes.length

  const varint = (value: number): void => {
    if (value < 128) {
      bytes[--at] = value
      return
    }
    let size = 1
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1
    at -= size
    let rest = value
    for (let index = 0; index < size; index += 1) {
      bytes[at + index] = (rest % 128) + (index < size - 1 ? 128 : 0)
      rest = Math.floor(rest / 128)
    }
  }
  const tag = (field: number, type: number): void => varint(field * 8 + type)
  const sized = (field: number, end: number): void => {
    varint(end - at)
    tag(field, wireTypes.sized)
  }

  return {
    begin: (maxBytes) => {
      if (bytes.length < maxBytes) bytes = Buffer.allocUnsafe(maxBytes)
      at = bytes.length
    },
    number: (field, value) => {
      varint(value)
      tag(field, wireTypes.varint)
    },
    bits: (field, value) => {
      const parts: number[] = []
      for (let rest = value; rest > 0n || parts.length === 0; rest >>= 7n)
        parts.push(Number(rest & 127n))
      // Every byte but the last has the continuation bit.
      parts.toReversed().forEach((part, index) => {
        bytes[--at] = index === 0 ? part : part + 128
      })
      tag(field, wireTypes.varint)
    },
    text: (field, value) => {
      const end = at
      at -= Buffer.byteLength(value)
      bytes.write(value, at)
      sized(field, end)
    },
    bytes: (field, value) => {
      const end = at
      at -= value.length
      bytes.set(value, at)
      sized(field, end)
    },
    nested: (field, inside) => {
      const end = at
      inside()
      sized(field, end)
    },
    finish: () => Buffer.from(bytes.subarray(at)),
  }
}
