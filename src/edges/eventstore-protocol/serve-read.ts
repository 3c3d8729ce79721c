import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ServerWritableStream } from '@grpc/grpc-js'
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js'
import type { RecordedEvent } from '#kernel'
import type { Caller } from './callers.ts'
import { knownMetadata } from '../../platform/storage/event-log/known-metadata.ts'
import type { Slice } from '../../platform/storage/event-log/port.ts'
import { checkpoints } from './checkpoints.ts'
import { refusalOf, unavailable } from './call-refused.ts'
import { eventMessage } from './event-message.ts'
import { flowControlledStream, type FlowControlledStream } from './flow-controlled-stream.ts'
import { prefetch } from './prefetch.ts'
import * as answers from './read-answers.ts'
import { followLog, followStream, startOf } from './read-live.ts'
import { logPages, streamPages, type FiniteRequest, type ReadableLog } from './read-pages.ts'
import { readRequestOf, type ReadRequest } from './read-request.ts'
import { isStreamName } from './stream-names.ts'
import { toWire } from '../../platform/engines/eventstoredb/wire.ts'

/** A call of `Streams.Read`, whose answers are encoded already. */
export type ReadCall = ServerWritableStream<ReadReq, Buffer>

/** What readers are served from, and what they are shown. */
export type Reading = {
  readonly log: ReadableLog
  /** Who calls. @throws CallRefused when that is nobody */
  readonly callerOf: (call: ReadCall) => Promise<Caller>
  /** An event without what only few may see. */
  readonly masked: (event: RecordedEvent) => RecordedEvent
  /** Ends every call. */
  readonly closing: AbortSignal
  readonly onError: (error: unknown) => void
}

/** A part of one stream, or the answer that there is no such stream. */
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

/** What is there, then what comes, with word of where the reader stands. */
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

/**
 * A masked event. Another program's bytes stay only where nothing in them is masked, and none of its metadata but the
 * keys that Agora knows.
 */
const maskedWhole = (event: RecordedEvent, masked: Reading['masked']): RecordedEvent => {
  const { original, ...rest } = masked(event)
  const shown = { ...rest, metadata: knownMetadata(rest.metadata) }
  if (!original || !isDeepStrictEqual(shown.data, event.data)) return shown
  const metadata = JSON.stringify(toWire(shown.metadata, shown.at))
  return { ...shown, original: { ...original, metadata: Buffer.from(metadata).toString('base64') } }
}

/** A log as those see it who may not see everything. */
const maskedLog = (log: ReadableLog, mask: Reading['masked']): ReadableLog => {
  const masked = (event: RecordedEvent) => maskedWhole(event, mask)
  const all = (slice: Slice): Slice => ({ ...slice, events: slice.events.map(masked) })
  return {
    ...log,
    read: async (stream, range) =>
      (await log.read(stream, range)).map(masked).filter((event) => event.stream === stream),
    readAll: async (range) => all(await log.readAll(range)),
    subscribe: async function* (after, options) {
      for await (const slice of log.subscribe(after, options)) yield all(slice)
    },
  }
}

/** Answers `Streams.Read`: streams and the log, parts that end and subscriptions that do not. */
export const serveRead = ({ log, callerOf, masked, closing, onError }: Reading) => {
  const shown = maskedLog(log, masked)
  return async (call: ReadCall): Promise<void> => {
    const gone = new AbortController()
    call.on('cancelled', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, closing])
    try {
      const { seesAll } = await callerOf(call)
      const request = readRequestOf(call.request)
      const encode = (event: RecordedEvent) => eventMessage(event, request.ids)
      // Masked before it is looked through: a filter must not tell what is not shown.
      await serve(
        seesAll ? log : shown,
        request,
        flowControlledStream(call, encode, signal),
        onError,
      )
      if (closing.aborted) throw unavailable('The endpoint is closing; connect again')
      call.end()
    } catch (error) {
      // Nobody listens to a call that was cancelled.
      if (!gone.signal.aborted) call.emit('error', refusalOf(error, onError))
    } finally {
      // Lets go of the log, also where the reader never takes the last answer.
      gone.abort()
    }
  }
}
