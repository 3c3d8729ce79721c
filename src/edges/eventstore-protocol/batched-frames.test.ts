import { expect, test } from 'vitest'
import { batchedFrames } from './batched-frames.ts'

/** The messages that a client decodes from bytes; before each there are a byte and its length. */
const unframed = (bytes: Buffer): string[] => {
  const messages: string[] = []
  for (let at = 0; at < bytes.length;) {
    expect(bytes[at]).toBe(0)
    const length = bytes.readUInt32BE(at + 1)
    messages.push(bytes.toString('utf8', at + 5, at + 5 + length))
    at += 5 + length
  }
  return messages
}

/** Frames a message as @grpc/grpc-js does. */
const framed = (message: Buffer): Buffer => {
  const output = Buffer.alloc(message.byteLength + 5)
  output.writeUInt32BE(message.byteLength, 1)
  message.copy(output, 5)
  return output
}

test.each([[['one']], [['one', 'two']], [['', 'two', '', 'x'.repeat(70_000)]]])(
  'messages that are sent as one frame are decoded one by one',
  (messages) =>
    expect(unframed(framed(batchedFrames(messages.map((text) => Buffer.from(text)))))).toEqual(
      messages,
    ),
)

test('an empty list of messages is a RangeError', () =>
  expect(() => batchedFrames([])).toThrow(RangeError))
