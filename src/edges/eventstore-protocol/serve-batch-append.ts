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
import { checkedAccess } from './checked-access.ts'
import { deadlines } from './deadlines.ts'
import { closingGraceMs, fits } from './serve-append.ts'
import { unreadable, UnreadableRequest } from './unreadable-request.ts'

/** A call of `Streams.BatchAppend`. */
export type BatchAppendCall = ServerDuplexStream<
  BatchAppendReq | UnreadableRequest,
  BatchAppendResp
>

/** Options of `serveBatchAppend`. */
export type ServeBatchAppendOptions = {
  readonly log: Pick<EventLog, 'appendInOrder' | 'read'>
  /** Authenticates the caller. @throws CallRefused when that fails */
  readonly callerOf: (call: BatchAppendCall) => Promise<Caller>
  /** Maximum size of one append, in bytes. */
  readonly maxAppendBytes: number
  /** Ends every call. */
  readonly closing: AbortSignal
  readonly onError: (error: unknown) => void
  /** Monotonic, in ms. */
  readonly now: () => number
}

/** Number of waiting appends from which a call is not read further until they are recorded. */
const maxWaiting = 1_000

const closingMessage =
  'The endpoint is closing; append the same events again to find out whether they were recorded'

/**
 * Serves `Streams.BatchAppend`: the appends of a call are recorded in the order in which their last parts arrived, in
 * batches, each with its own outcome. The call fails as a whole when the outcome of a batch is unknown.
 */
export const serveBatchAppend = ({
  log,
  callerOf,
  maxAppendBytes,
  closing,
  onError,
  now,
}: ServeBatchAppendOptions): ((call: BatchAppendCall) => Promise<void>) => {
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

  /** Answers an append without events: with the revision of its stream if that is the expected one, else a conflict. */
  const answerToEmpty = async (one: BatchedAppend): Promise<BatchAppendResp> => {
    const [last] = await log.read(one.stream, { limit: 1, direction: 'backwards' })
    const revision = last?.revision ?? -1
    return fits(one.expected, revision)
      ? batchEmptySuccess(one, revision)
      : batchConflict(one, new Conflict(one.stream, one.expected, revision))
  }

  /** Records waiting appends: those with events in batches, the others one by one, in order. */
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
    const recordAll = async (checkAccess: () => Promise<void>): Promise<void> => {
      try {
        while (waiting.length > 0 && !failure) {
          await checkAccess()
          const batch = waiting
          waiting = []
          await record(batch, (one, answer) => {
            // An append whose deadline passed has been answered already.
            if (overdue.settle(one)) send(answer)
          })
        }
      } catch (error) {
        fail(error)
      }
      // In the same turn in which `waiting` was found empty: the next append starts a new recording.
      recording = undefined
    }
    /** Complete appends may still be recorded until the grace is over. */
    const stop = async (): Promise<void> => {
      const over = new AbortController()
      const { signal } = over
      if (recording)
        await Promise.race([
          recording,
          pause(closingGraceMs, undefined, { signal }).catch(() => undefined),
        ])
      over.abort()
      fail(unavailable(closingMessage))
    }
    const close = () => void (stopping ??= stop())
    closing.addEventListener('abort', close)
    try {
      const caller = await callerOf(call)
      const checkAccess = checkedAccess({ caller, authenticate: () => callerOf(call), now })
      const take = batchAssembler(maxAppendBytes, caller.mayAppend)
      // Answers follow after the last request: reading to the end must not destroy the call.
      const requests: AsyncIterable<BatchAppendReq | UnreadableRequest> = call.iterator({
        destroyOnReturn: false,
      })
      for await (const request of requests) {
        if (failure ?? stopping) break
        if (request instanceof UnreadableRequest) throw unreadable()
        const one = take(request)
        if (!one) continue
        waiting.push(one)
        overdue.add(one)
        recording ??= recordAll(checkAccess)
        if (waiting.length >= maxWaiting) await recording
      }
      await recording
      await stopping
      if (!failure && !call.cancelled) call.end()
    } catch (error) {
      // A client that disconnects ends its call early: complete appends are recorded, incomplete ones are not.
      if (!call.cancelled) fail(error instanceof Error ? error : new Unavailable('The call failed'))
    } finally {
      overdue.clear()
      closing.removeEventListener('abort', close)
    }
  }
}
