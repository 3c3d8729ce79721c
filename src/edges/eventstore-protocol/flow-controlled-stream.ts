import type { ServerWritableStream } from '@grpc/grpc-js'
import type { RecordedEvent } from '#kernel'
import { batchedFrames, packBytes } from './batched-frames.ts'

/** Stream of answers to one reader, at the pace of the reader: one message is being written, one waits. */
export type FlowControlledStream = {
  /** Resolves when the next answer may be sent, or the call ended. */
  readonly send: (answer: Buffer) => Promise<void>
  /** Sends events, and encoded messages between them, packed together. */
  readonly sendEvents: (events: Iterable<RecordedEvent | Buffer>) => Promise<void>
  readonly signal: AbortSignal
}

/** Resolves with the promise or with the signal: a write to a cancelled call never resolves. */
const orAborted = async (promise: Promise<void>, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return
  const aborted = Promise.withResolvers<void>()
  const abort = () => aborted.resolve()
  signal.addEventListener('abort', abort)
  await Promise.race([promise, aborted.promise])
  signal.removeEventListener('abort', abort)
}

/**
 * Opens the stream of answers to one reader.
 * @param call whose answers are encoded already
 * @param encode encodes an event for this reader
 * @param signal aborted when the call has ended
 */
export const flowControlledStream = (
  call: Pick<ServerWritableStream<unknown, Buffer>, 'write'>,
  encode: (event: RecordedEvent) => Buffer,
  signal: AbortSignal,
): FlowControlledStream => {
  let previous = Promise.resolve()
  const send = async (answer: Buffer): Promise<void> => {
    if (signal.aborted) return
    const written = new Promise<void>((resolve) => call.write(answer, () => resolve()))
    await orAborted(previous, signal)
    previous = written
  }
  const sendEvents = async (events: Iterable<RecordedEvent | Buffer>): Promise<void> => {
    let pack: Buffer[] = []
    let bytes = 0
    for (const event of events) {
      const message = Buffer.isBuffer(event) ? event : encode(event)
      pack.push(message)
      bytes += message.length
      if (bytes < packBytes) continue
      await send(batchedFrames(pack))
      if (signal.aborted) return
      pack = []
      bytes = 0
    }
    if (pack.length > 0) await send(batchedFrames(pack))
  }
  return { send, sendEvents, signal }
}
