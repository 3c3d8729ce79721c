import { setTimeout as pause } from 'node:timers/promises'
import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import {
  Conflict,
  maxEventBytes,
  type Append,
  type EventLog,
  type ExpectedRevision,
  type NewEvent,
} from '../event-log/port.ts'
import { Unavailable } from '../unavailable.ts'
import {
  batchConflict,
  batchEmptySuccess,
  batchRefusal,
  batchSuccess,
  batchTimeout,
  type Asked,
} from './batch-answers.ts'
import {
  accessDenied,
  appendTooLarge,
  badArgument,
  CallRefused,
  refusalOf,
  unavailable,
} from './call-refused.ts'
import type { Caller } from './callers.ts'
import { deadlines } from './deadlines.ts'
import { idOf, newEventOf } from './new-event.ts'
import { revisionOf } from './read-pages.ts'
import { closingGrace, fits, sizeOf, streamOf } from './serve-append.ts'

/** A call of `Streams.BatchAppend`. */
export type BatchAppendCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>

/** What is appended to, and who may. */
export type BatchAppending = {
  readonly log: Pick<EventLog, 'appendInOrder' | 'read'>
  /** Who calls. @throws CallRefused when that is nobody */
  readonly callerOf: (call: BatchAppendCall) => Promise<Caller>
  /** The most that one append may weigh, in bytes. */
  readonly maxAppendBytes: number
  /** Ends every call. */
  readonly closing: AbortSignal
  readonly onError: (error: unknown) => void
}

/** One call has at most so many appends whose end has not come: more would only fill the memory. */
const mostOpen = 100

/** So many appends wait to be recorded before a call is read on. */
const mostWaiting = 1_000

/** An append of which parts have come. */
type Open = Asked & {
  readonly stream: string
  readonly events: NewEvent[]
  /** When its client no longer waits, in ms since 1970. */
  readonly deadline: number
  bytes: number
  refused?: CallRefused
}

const expectedOf = (options: BatchAppendReq.Options): ExpectedRevision => {
  if (options.hasNoStream()) return 'none'
  if (options.hasStreamExists()) return 'exists'
  if (options.hasStreamPosition()) return revisionOf(BigInt(options.getStreamPosition()))
  return 'any'
}

const closingWhy =
  'The endpoint is closing; append the same events again to find out whether they were recorded'

const refused = (error: unknown): CallRefused => {
  if (error instanceof CallRefused) return error
  throw error
}

/** In ms since 1970. Clients that know none wait for ever. */
const deadlineOf = (options: BatchAppendReq.Options): number =>
  options.getDeadline()?.toDate().getTime() ?? Infinity

const isOver = ({ deadline }: Open): boolean => deadline <= Date.now()

/** Takes the parts of appends as they come. Gives an append once its last part has come. */
const assembler = (maxAppendBytes: number, mayAppend: boolean) => {
  const open = new Map<string, Open>()

  const begun = (request: BatchAppendReq, id: string): Open | undefined => {
    const options = request.getOptions()
    const correlationId = request.getCorrelationId()
    if (!options || !correlationId) return undefined
    if (open.size >= mostOpen) throw badArgument(`At most ${mostOpen} appends may be under way`)
    const deadline = deadlineOf(options)
    const one: Open = { correlationId, options, stream: '', events: [], deadline, bytes: 0 }
    open.set(id, one)
    try {
      if (!mayAppend) throw accessDenied('Nobody appends here; send commands over HTTP instead')
      return Object.assign(one, { stream: streamOf(options) })
    } catch (error) {
      one.refused = refused(error)
      return one
    }
  }

  return (request: BatchAppendReq): Open | undefined => {
    const id = idOf(request.getCorrelationId())
    const one = open.get(id) ?? begun(request, id)
    if (!one) throw badArgument('options: are missing, or there is no correlationId')
    try {
      if (!one.refused)
        for (const message of request.getProposedMessagesList()) {
          one.bytes += sizeOf(message)
          if (one.bytes > maxAppendBytes) throw appendTooLarge(maxAppendBytes)
          const content = [message.getData_asU8(), message.getCustomMetadata_asU8()]
          if (content.some(({ length }) => length > maxEventBytes))
            throw appendTooLarge(maxEventBytes)
          one.events.push(newEventOf(message, one.events.length))
        }
    } catch (error) {
      one.refused = refused(error)
    }
    if (one.refused) one.events.length = 0
    if (!request.getIsFinal()) return undefined
    open.delete(id)
    return one
  }
}

/**
 * Answers `Streams.BatchAppend`: the appends of a call are recorded in the order in which their last parts came, many at
 * a time, each judged on its own. The call fails as a whole when it is not known which were recorded.
 */
export const serveBatchAppend = ({
  log,
  callerOf,
  maxAppendBytes,
  closing,
  onError,
}: BatchAppending): ((call: BatchAppendCall) => Promise<void>) => {
  const answersTo = async (batch: readonly Open[]): Promise<readonly BatchAppendResp[]> => {
    const outcomes = await log.appendInOrder(
      batch.map((one): Append => ({
        stream: one.stream,
        expected: expectedOf(one.options),
        events: one.events,
      })),
    )
    return batch.map((one, index) => {
      const outcome = outcomes[index]!
      if (outcome instanceof Conflict) return batchConflict(one, outcome)
      return outcome instanceof Error
        ? batchRefusal(one, refusalOf(outcome, onError))
        : batchSuccess(one, outcome)
    })
  }

  /** An append without events says where its stream stands, if that is where it was expected. */
  const answerToEmpty = async (one: Open): Promise<BatchAppendResp> => {
    const [last] = await log.read(one.stream, { limit: 1, direction: 'backwards' })
    const revision = last?.revision ?? -1
    const expected = expectedOf(one.options)
    return fits(expected, revision)
      ? batchEmptySuccess(one, revision)
      : batchConflict(one, new Conflict(one.stream, expected, revision))
  }

  /** Splits what waits into appends that are recorded at once, and others one by one. */
  const record = async (
    waiting: readonly Open[],
    answer: (one: Open, answered: BatchAppendResp) => void,
  ): Promise<void> => {
    let batch: Open[] = []
    const flush = async (): Promise<void> => {
      const appends = batch
      batch = []
      if (appends.length === 0) return
      const answers = await answersTo(appends)
      appends.forEach((one, index) => answer(one, answers[index]!))
    }
    for (const one of waiting) {
      if (!one.refused && !isOver(one) && one.events.length > 0) {
        batch.push(one)
        continue
      }
      await flush()
      if (one.refused) answer(one, batchRefusal(one, one.refused))
      else answer(one, isOver(one) ? batchTimeout(one, false) : await answerToEmpty(one))
    }
    await flush()
  }

  return async (call) => {
    let waiting: Open[] = []
    let recording: Promise<void> | undefined
    let failure: CallRefused | undefined
    let stopping: Promise<void> | undefined
    const fail = (error: unknown): void => {
      if (failure) return
      failure = refusalOf(error, onError)
      if (!call.cancelled) call.emit('error', failure)
    }
    const send = (answer: BatchAppendResp): void => {
      if (!call.cancelled && !failure) call.write(answer)
    }
    const overdue = deadlines<Open>((one) => send(batchTimeout(one, true)))
    const recordAll = async (): Promise<void> => {
      try {
        while (waiting.length > 0 && !failure) {
          const batch = waiting
          waiting = []
          await record(batch, (one, answer) => {
            // One whose deadline is over has been answered.
            if (overdue.settle(one)) send(answer)
          })
        }
      } catch (error) {
        fail(error)
      }
      // In the same turn in which nothing was left: the next append begins anew.
      recording = undefined
    }
    /** What has come whole may still be recorded, for a moment. */
    const stop = async (): Promise<void> => {
      const over = new AbortController()
      const { signal } = over
      if (recording)
        await Promise.race([
          recording,
          pause(closingGrace, undefined, { signal }).catch(() => undefined),
        ])
      over.abort()
      fail(unavailable(closingWhy))
    }
    const close = () => void (stopping ??= stop())
    closing.addEventListener('abort', close)
    try {
      const { mayAppend } = await callerOf(call)
      const take = assembler(maxAppendBytes, mayAppend)
      // Answers go on after the last request: reading to the end must not destroy the call.
      const requests: AsyncIterable<BatchAppendReq> = call.iterator({ destroyOnReturn: false })
      for await (const request of requests) {
        if (failure ?? stopping) break
        const one = take(request)
        if (!one) continue
        waiting.push(one)
        overdue.add(one)
        recording ??= recordAll()
        if (waiting.length >= mostWaiting) await recording
      }
      await recording
      await stopping
      if (!failure && !call.cancelled) call.end()
    } catch (error) {
      // A client that goes away ends its call in the middle: what has come whole is recorded, the rest is not.
      if (!call.cancelled) fail(error instanceof Error ? error : new Unavailable('The call broke'))
    } finally {
      overdue.clear()
      closing.removeEventListener('abort', close)
    }
  }
}
