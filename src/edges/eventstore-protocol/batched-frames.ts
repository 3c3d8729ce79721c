/** What gRPC puts before a message: a byte for compression, four for the length ("gRPC over HTTP2", Length-Prefixed-Message). */
const prefix = 5

/** Events are packed until they weigh so many bytes. */
export const enough = 16 * 1024

/**
 * Several messages that gRPC takes for one and sends in one piece, which costs both sides half as much as one by one.
 * For `responseSerialize` of @grpc/grpc-js: it puts one prefix before what it is given, with the length of all of it,
 * and copies that behind. The others' prefixes are in it already, and as it is copied, the first length is put right.
 * @param messages encoded, at least one
 */
export const batchedFrames = (messages: readonly Buffer[]): Buffer => {
  const [first, ...others] = messages
  if (!first) throw new RangeError('There is nothing to pack')
  const pieces = others.flatMap((message) => {
    const before = Buffer.alloc(prefix)
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
