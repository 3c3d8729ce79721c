import { setTimeout as pause } from 'node:timers/promises'
import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js'
import { Conflict, type Append, type EventLog } from '../../platform/storage/event-log/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import {
  batchConflict,
  batchEmptySuccess,
  batchRefusal,
  batchSuccess,
  batchTimeout,
} from './batch-answers.ts'
import { batchAssembler, isOver, type BatchedAppend } from './batch-assembler.ts'
import { refusalOf, unavailable, type CallRefused } from './call-refused.ts'
import type { Caller } from './callers.ts'
import { deadlines } from './deadlines.ts'
import { closingGrace, fits } from './serve-append.ts'

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

/** So many appends wait to be recorded before a call is read on. */
const mostWaiting = 1_000

const closingWhy =
  'The endpoint is closing; append the same events again to find out whether they were recorded'

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
  const answersTo = async (
    batch: readonly BatchedAppend[],
  ): Promise<readonly BatchAppendResp[]> => {
    const outcomes = await log.appendInOrder(
      batch.map((one): Append => ({
        stream: one.stream,
        expected: one.expected,
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
  const answerToEmpty = async (one: BatchedAppend): Promise<BatchAppendResp> => {
    const [last] = await log.read(one.stream, { limit: 1, direction: 'backwards' })
    const revision = last?.revision ?? -1
    return fits(one.expected, revision)
      ? batchEmptySuccess(one, revision)
      : batchConflict(one, new Conflict(one.stream, one.expected, revision))
  }

  /** Splits what waits into appends that are recorded at once, and others one by one. */
  const record = async (
    waiting: readonly BatchedAppend[],
    answer: (one: BatchedAppend, answered: BatchAppendResp) => void,
  ): Promise<void> => {
    let batch: BatchedAppend[] = []
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
    let waiting: BatchedAppend[] = []
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
    const overdue = deadlines<BatchedAppend>((one) => send(batchTimeout(one, true)))
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
      const take = batchAssembler(maxAppendBytes, mayAppend)
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
