import { setTimeout as pause, setImmediate as turnOfEventLoop } from 'node:timers/promises'
import type { sendUnaryData, ServerReadableStream } from '@grpc/grpc-js'
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
} from '@eventstore/db-client/generated/streams_pb.js'
import shared from '@eventstore/db-client/generated/shared_pb.js'
import streams from '@eventstore/db-client/generated/streams_pb.js'
import {
  Conflict,
  maxEventBytes,
  type Appended,
  type EventLog,
  type ExpectedRevision,
  type NewEvent,
} from '../../platform/storage/event-log/port.ts'
import {
  accessDenied,
  appendTooLarge,
  badArgument,
  refusalOf,
  unavailable,
} from './call-refused.ts'
import type { Caller } from './callers.ts'
import { checkedAccess } from './checked-access.ts'
import { newEventOf } from './new-event.ts'
import { revisionOf } from './read-pages.ts'
import { isStreamName } from './stream-names.ts'

/** A call of `Streams.Append`. */
export type AppendCall = ServerReadableStream<AppendReq, AppendResp>

/** Options of `serveAppend`. */
export type ServeAppendOptions = {
  readonly log: Pick<EventLog, 'append' | 'read'>
  /** Authenticates the caller. @throws CallRefused when that fails */
  readonly callerOf: (call: AppendCall) => Promise<Caller>
  /** Maximum size of one append, in bytes as `sizeOf` counts them. */
  readonly maxAppendBytes: number
  /** Ends every call. */
  readonly closing: AbortSignal
  readonly onError: (error: unknown) => void
  /** Monotonic, in ms. */
  readonly now: () => number
}

/** Default of EventStoreDB's setting MaxAppendSize, in bytes. */
export const defaultMaxAppendBytes = 1024 * 1024

/** How long an append may still wait for the log once the endpoint closes, in ms. */
export const closingGraceMs = 400

/** Message to callers who may not append. */
export const readOnlyMessage = 'Appends are not allowed here; send commands over HTTP instead'

/** Size of an event in bytes, as EventStoreDB counts it (source, `Event.SizeOnDisk`). */
export const sizeOf = (
  message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage,
): number =>
  message.getData_asU8().length +
  message.getCustomMetadata_asU8().length +
  2 * (message.getMetadataMap().get('type') ?? '').length

type Options = AppendReq.Options

const expectedOf = (options: Options): ExpectedRevision => {
  if (options.hasNoStream()) return 'none'
  if (options.hasStreamExists()) return 'exists'
  if (options.hasRevision()) return revisionOf(BigInt(options.getRevision()))
  return 'any'
}

/** Returns the stream that an append names. @throws CallRefused when the name is invalid or a system stream's */
export const streamOf = (options: Pick<Options, 'getStreamIdentifier'>): string => {
  const bytes = options.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array()
  const stream = Buffer.from(bytes).toString('utf8')
  if (stream.startsWith('$')) throw accessDenied(`${stream}: system streams cannot be written`)
  if (!isStreamName(stream))
    throw badArgument('stream: must be named <category>-<id>, with at most 500 characters')
  return stream
}

/** Assembles the append that a client sends in parts. */
const received = async (call: AppendCall, maxAppendBytes: number) => {
  let options: Options | undefined
  let stream = ''
  let bytes = 0
  const events: NewEvent[] = []
  for await (const request of call as AsyncIterable<AppendReq>) {
    if (!options && request.hasOptions()) {
      options = request.getOptions()!
      stream = streamOf(options)
    }
    const message = request.getProposedMessage()
    if (!message) continue
    bytes += sizeOf(message)
    if (bytes > maxAppendBytes) throw appendTooLarge(maxAppendBytes)
    const content = [message.getData_asU8(), message.getCustomMetadata_asU8()]
    if (content.some(({ length }) => length > maxEventBytes)) throw appendTooLarge(maxEventBytes)
    events.push(newEventOf(message, events.length))
  }
  // A broken connection first looks like the end of the call: an incomplete append must not be recorded.
  await turnOfEventLoop()
  if (call.cancelled) throw unavailable('The append ended before it was complete')
  if (!options) throw badArgument('options: missing')
  return { stream, expected: expectedOf(options), options, events }
}

/** Resolves as `work` does, or throws Unavailable when it takes longer than `graceMs` after the endpoint began to close. */
const untilClosed = async <T>(
  work: Promise<T>,
  closing: AbortSignal,
  graceMs: number,
  why: string,
): Promise<T> => {
  const over = new AbortController()
  const closed = new Promise<void>((resolve) => {
    if (closing.aborted) resolve()
    closing.addEventListener('abort', () => resolve(), { once: true, signal: over.signal })
  })
  const tooLate = closed.then(async () => {
    await pause(graceMs, undefined, { signal: over.signal })
    throw unavailable(why)
  })
  try {
    return await Promise.race([work, tooLate])
  } finally {
    over.abort()
    // The promise that lost the race is ignored.
    work.catch(() => undefined)
    tooLate.catch(() => undefined)
  }
}

const empty = () => new shared.Empty()

/** Answer to an append without events whose expected revision matched: the revision of the stream. */
const emptySuccessOf = (revision: number): AppendResp => {
  const success = new streams.AppendResp.Success().setNoPosition(empty())
  if (revision < 0) success.setNoStream(empty())
  else success.setCurrentRevision(String(revision))
  return new streams.AppendResp().setSuccess(success)
}

/** Whether a stream's revision (-1: no events) matches the expected one. */
export const fits = (expected: ExpectedRevision, revision: number): boolean => {
  if (expected === 'any') return true
  if (expected === 'exists') return revision >= 0
  return revision === (expected === 'none' ? -1 : expected)
}

const successOf = ({ revision, position }: Appended): AppendResp => {
  const at = new streams.AppendResp.Position()
  at.setCommitPosition(String(position))
  at.setPreparePosition(String(position))
  const success = new streams.AppendResp.Success()
  success.setCurrentRevision(String(revision))
  success.setPosition(at)
  return new streams.AppendResp().setSuccess(success)
}

const conflictOf = ({ revision }: Conflict, options: Options): AppendResp => {
  const wrong = new streams.AppendResp.WrongExpectedVersion()
  if (revision < 0) wrong.setCurrentNoStream(empty())
  else wrong.setCurrentRevision(String(revision))
  if (options.hasNoStream()) wrong.setExpectedNoStream(empty())
  else if (options.hasStreamExists()) wrong.setExpectedStreamExists(empty())
  else if (options.hasRevision()) wrong.setExpectedRevision(options.getRevision())
  else wrong.setExpectedAny(empty())
  return new streams.AppendResp().setWrongExpectedVersion(wrong)
}

/** Serves `Streams.Append`: the events of a call are recorded atomically. */
export const serveAppend = ({
  log,
  callerOf,
  maxAppendBytes,
  closing,
  onError,
  now,
}: ServeAppendOptions): ((
  call: AppendCall,
  answer: sendUnaryData<AppendResp>,
) => Promise<void>) => {
  const answerTo = async (
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<AppendResp> => {
    if (events.length > 0) return successOf(await log.append(stream, expected, events))
    const [last] = await log.read(stream, { limit: 1, direction: 'backwards' })
    const revision = last?.revision ?? -1
    if (!fits(expected, revision)) throw new Conflict(stream, expected, revision)
    return emptySuccessOf(revision)
  }

  return async (call, answer) => {
    try {
      const caller = await callerOf(call)
      if (!caller.mayAppend) throw accessDenied(readOnlyMessage)
      const checkAccess = checkedAccess({ caller, authenticate: () => callerOf(call), now })
      const { stream, expected, options, events } = await untilClosed(
        received(call, maxAppendBytes),
        closing,
        0,
        'The endpoint is closing; nothing was recorded',
      )
      // The client decides how long the parts of an append take.
      await checkAccess()
      try {
        const answered = answerTo(stream, expected, events)
        const why =
          'The endpoint is closing; append the same events again to find out whether they were recorded'
        answer(null, await untilClosed(answered, closing, closingGraceMs, why))
      } catch (error) {
        if (!(error instanceof Conflict)) throw error
        answer(null, conflictOf(error, options))
      }
    } catch (error) {
      if (!call.cancelled) answer(refusalOf(error, onError))
    }
  }
}
