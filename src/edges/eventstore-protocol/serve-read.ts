import { randomUUID } from 'node:crypto'
import type { ServerWritableStream } from '@grpc/grpc-js'
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { RecordedEvent } from '#kernel'
import type { Caller } from './callers.ts'
import { checkedAccess } from './checked-access.ts'
import { checkpoints } from './checkpoints.ts'
import { refusalOf, unavailable } from './call-refused.ts'
import { eventMessage } from './event-message.ts'
import { flowControlledStream, type FlowControlledStream } from './flow-controlled-stream.ts'
import { maskedLog } from './masked-log.ts'
import { prefetch } from './prefetch.ts'
import * as answers from './read-answers.ts'
import { followLog, followStream, startOf } from './read-live.ts'
import { logPages, streamPages, type FiniteRequest, type ReadableLog } from './read-pages.ts'
import { readRequestOf, type ReadRequest } from './read-request.ts'
import { isStreamName } from './stream-names.ts'

/** A call of `Streams.Read`, whose answers are encoded already. */
export type ReadCall = ServerWritableStream<ReadReq, Buffer>

/** Options of `serveRead`. */
export type ServeReadOptions = {
  readonly log: ReadableLog
  /** Authenticates the caller. @throws CallRefused when that fails */
  readonly callerOf: (call: ReadCall) => Promise<Caller>
  /** Masks an event for callers without full access. */
  readonly masked: (event: RecordedEvent) => RecordedEvent
  /** Ends every call. */
  readonly closing: AbortSignal
  readonly onError: (error: unknown) => void
  /** Monotonic, in ms. */
  readonly now: () => number
}

/** Serves a range of one stream, or the answer that it is not found. */
const serveStream = async (
  log: ReadableLog,
  stream: string,
  request: FiniteRequest,
  { send, sendEvents, signal }: FlowControlledStream,
): Promise<void> => {
  const [last] = isStreamName(stream)
    ? await log.read(stream, { limit: 1, direction: 'backwards' })
    : []
  if (!last) return send(answers.streamNotFound(stream))
  for await (const page of prefetch(streamPages(log, stream, request))) {
    if (signal.aborted) return
    await sendEvents(page)
  }
  if (request.wantsEnd) await send(answers.endOfStream(last.revision))
}

const serveLog = async (
  log: ReadableLog,
  request: FiniteRequest,
  { send, sendEvents, signal }: FlowControlledStream,
): Promise<void> => {
  for await (const page of prefetch(logPages(log, request))) {
    if (signal.aborted) return
    await sendEvents(page)
  }
  if (request.wantsEnd) await send(answers.endOfLog(await log.head()))
}

/** Serves a subscription: recorded events, then new ones, with signals when the reader has caught up or falls behind. */
const serveLive = async (
  log: ReadableLog,
  request: ReadRequest,
  { send, sendEvents, signal }: FlowControlledStream,
  onError: (error: unknown) => void,
): Promise<void> => {
  await send(answers.confirmation(randomUUID()))
  const { stream, filter } = request
  const after = stream === undefined ? await startOf(log, request) : 0n
  const slices =
    stream === undefined
      ? followLog(log, request, after, { signal, onError })
      : followStream(log, stream, request, { signal, onError })
  const withCheckpoints = filter && checkpoints(filter.checkpointInterval, after, !!log.dense)
  let live = false
  for await (const slice of prefetch(slices)) {
    const { caughtUp } = slice
    if (live && !caughtUp) await send(answers.fellBehind)
    await sendEvents(withCheckpoints?.(slice, caughtUp && !live) ?? slice.events)
    if (signal.aborted) return
    if (caughtUp && !live) await send(answers.caughtUp)
    live = caughtUp
  }
}

const isFinite = (request: ReadRequest): request is FiniteRequest => request.count !== 'live'

const serve = async (
  log: ReadableLog,
  request: ReadRequest,
  out: FlowControlledStream,
  onError: (error: unknown) => void,
): Promise<void> => {
  if (!isFinite(request)) return serveLive(log, request, out, onError)
  return request.stream === undefined
    ? serveLog(log, request, out)
    : serveStream(log, request.stream, request, out)
}

/** Serves `Streams.Read`: ranges of streams and of the log, and subscriptions. */
export const serveRead = ({ log, callerOf, masked, closing, onError, now }: ServeReadOptions) => {
  const shown = maskedLog(log, masked)
  return async (call: ReadCall): Promise<void> => {
    const cancelled = new AbortController()
    call.on('cancelled', () => cancelled.abort())
    const signal = AbortSignal.any([cancelled.signal, closing])
    try {
      const caller = await callerOf(call)
      const checkAccess = checkedAccess({ caller, authenticate: () => callerOf(call), now })
      const request = readRequestOf(call.request)
      const encode = (event: RecordedEvent) => eventMessage(event, request.ids)
      const out = flowControlledStream(call, encode, signal)
      const sendEvents: typeof out.sendEvents = async (events) => {
        await checkAccess()
        return out.sendEvents(events)
      }
      // Masked before filtering: a filter must not reveal masked values.
      await serve(caller.seesAll ? log : shown, request, { ...out, sendEvents }, onError)
      if (closing.aborted) throw unavailable('The endpoint is closing; connect again')
      call.end()
    } catch (error) {
      // A cancelled call takes no answer.
      if (!cancelled.signal.aborted) call.emit('error', refusalOf(error, onError))
    } finally {
      // Ends the subscription to the log, also where the reader never reads the last answer.
      cancelled.abort()
    }
  }
}
