import { expect, test } from 'vitest'
import { batchedFrames } from './batched-frames.ts'

/** What a client makes of bytes: messages, each behind a byte and its length. */
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

/** What @grpc/grpc-js does with a message. */
const framed = (message: Buffer): Buffer => {
  const output = Buffer.alloc(message.byteLength + 5)
  output.writeUInt32BE(message.byteLength, 1)
  message.copy(output, 5)
  return output
}

test.each([[['one']], [['one', 'two']], [['', 'two', '', 'x'.repeat(70_000)]]])(
  'messages that are sent in one piece arrive one by one',
  (messages) =>
    expect(unframed(framed(batchedFrames(messages.map((text) => Buffer.from(text)))))).toEqual(
      messages,
    ),
)

test('nothing is not packed', () => expect(() => batchedFrames([])).toThrow(RangeError))
