/** Bytes that gRPC puts before a message: one for compression, four for the length ("gRPC over HTTP2", Length-Prefixed-Message). */
const prefixBytes = 5

/** Size from which packed messages are sent, in bytes. */
export const packBytes = 16 * 1024

/**
 * Several messages that gRPC handles and sends as one, which costs both sides half as much as sending them one by one.
 * For `responseSerialize` of @grpc/grpc-js: the library writes one prefix with the total length and copies the buffer
 * behind it. The buffer already has the prefixes of the other messages, and its `copy` corrects the first length.
 * @param messages encoded, at least one
 */
export const batchedFrames = (messages: readonly Buffer[]): Buffer => {
  const [first, ...others] = messages
  if (!first) throw new RangeError('There are no messages to pack')
  const pieces = others.flatMap((message) => {
    const before = Buffer.alloc(prefixBytes)
    before.writeUInt32BE(message.length, 1)
    return [before, message]
  })
  if (pieces.length === 0) return first
  const all = Buffer.concat([first, ...pieces])
  return Object.assign(all, {
    copy: (target: Uint8Array, at = 0): number => {
      target.set(all, at)
      new DataView(target.buffer, target.byteOffset + at - 4, 4).setUint32(0, first.length)
      return all.length
    },
  })
}
