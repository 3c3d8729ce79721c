import type { ServerWritableStream } from '@grpc/grpc-js'
import type { RecordedEvent } from '#kernel'
import { enough, batchedFrames } from './batched-frames.ts'

/** What one reader is sent, as fast as it reads and no faster: one piece is under way, one waits. */
export type FlowControlledStream = {
  /** Resolves when there is room for the next one, or nobody reads any more. */
  readonly send: (answer: Buffer) => Promise<void>
  /** Events, and messages between them that are encoded already, packed together. */
  readonly sendEvents: (events: Iterable<RecordedEvent | Buffer>) => Promise<void>
  readonly signal: AbortSignal
}

/** Resolves with the promise or with the signal: a call that was cancelled never answers. */
const orAborted = async (promise: Promise<void>, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return
  const over = Promise.withResolvers<void>()
  const abort = () => over.resolve()
  signal.addEventListener('abort', abort)
  await Promise.race([promise, over.promise])
  signal.removeEventListener('abort', abort)
}

/**
 * The way to one reader.
 * @param call whose answers are encoded already
 * @param encode an event as this reader is shown it
 * @param signal says that nobody reads any more
 */
export const flowControlledStream = (
  call: Pick<ServerWritableStream<unknown, Buffer>, 'write'>,
  encode: (event: RecordedEvent) => Buffer,
  signal: AbortSignal,
): FlowControlledStream => {
  let before = Promise.resolve()
  const send = async (answer: Buffer): Promise<void> => {
    if (signal.aborted) return
    const written = new Promise<void>((resolve) => call.write(answer, () => resolve()))
    await orAborted(before, signal)
    before = written
  }
  const sendEvents = async (events: Iterable<RecordedEvent | Buffer>): Promise<void> => {
    let pack: Buffer[] = []
    let bytes = 0
    for (const event of events) {
      const message = Buffer.isBuffer(event) ? event : encode(event)
      pack.push(message)
      bytes += message.length
      if (bytes < enough) continue
      await send(batchedFrames(pack))
      if (signal.aborted) return
      pack = []
      bytes = 0
    }
    if (pack.length > 0) await send(batchedFrames(pack))
  }
  return { send, sendEvents, signal }
}
