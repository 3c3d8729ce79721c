import { setTimeout as delay } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { Unavailable } from '../../unavailable.ts'
import { pauses, type AppendDeps, type AppendOne } from './eventstoredb-append.ts'
import { batchCallTo, mostAppends } from './eventstoredb-batch-call.ts'
import { isUncertain, wasNeverSent } from './eventstoredb-failures.ts'
import type { Append, AppendOutcome, EventLog } from './port.ts'

/** An append with its deadline, in ms of `performance.now()`. */
export type TimedAppend = { readonly append: Append; readonly deadline: number }

/**
 * Appends in order. Returns one outcome for each append, `Unavailable` if it is unknown.
 * @param options.stops whether no append is sent after one of unknown outcome; the outcomes end there
 * @param options.timeoutMs timeout of the rest after each outcome, in ms, if that ends later than their deadlines
 */
export type AppendBatch = (
  timed: readonly TimedAppend[],
  options: { readonly stops: boolean; readonly timeoutMs?: number },
) => Promise<readonly AppendOutcome[]>

/** Whether the server does not implement `BatchAppend`; from then on, appends are sent one by one. */
const isUnknownCall = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === status.UNIMPLEMENTED

/**
 * Appends through `BatchAppend`: the appends of a call are sent without waiting, and accepted or refused one by one in that
 * order. After an outage, appends without an answer are sent again in the same order; servers recognise the same events at the
 * same revision as a repetition. Appends at any revision are looked up in their streams first, since servers recognise their
 * repetitions only for a while. If the server does not implement `BatchAppend`, all are sent one by one.
 * @param appendOne sends one append
 */
export const appendBatchTo = (deps: AppendDeps, appendOne: AppendOne): AppendBatch => {
  const { calls, watermark, clock } = deps
  const batchCall = batchCallTo(deps)
  let isSupported = true

  const alone = async (append: Append, deadline: number): Promise<AppendOutcome> => {
    try {
      return await appendOne(append, deadline)
    } catch (error) {
      if (error instanceof Error) return error
      throw error
    }
  }

  return async (timed, { stops, timeoutMs = 0 }) => {
    const at = clock().toISOString()
    const outcomes: AppendOutcome[] = []
    let oneByOne = false
    let resentUntil = 0
    let outcomeAt = -Infinity
    let failure: unknown
    let pause = pauses.first
    while (outcomes.length < timed.length) {
      if (stops && outcomes.at(-1) instanceof Unavailable) return outcomes
      const start = outcomes.length
      const next = timed[start]!
      const deadline = Math.max(next.deadline, outcomeAt + timeoutMs)
      const left = deadline - performance.now()
      if (left <= 0 || calls.closing.aborted) {
        outcomes.push(new Unavailable('EventStoreDB did not answer in time', { cause: failure }))
        continue
      }
      if (!isSupported || oneByOne) {
        outcomes.push(await alone(next.append, deadline))
        outcomeAt = performance.now()
        continue
      }
      try {
        const known = await watermark.known()
        const rest = timed.slice(start, start + mostAppends).map(({ append }) => append)
        const items = await batchCall.itemsOf(rest, at)
        if (items.length === 0) {
          outcomes.push(await alone(next.append, deadline))
          outcomeAt = performance.now()
          continue
        }
        const resentBefore = resentUntil
        const isResent = (index: number) => start + index < resentBefore
        resentUntil = Math.max(resentBefore, start + items.length)
        const called = await batchCall.send(items, { known, left, isResent })
        if (wasNeverSent(called.failure)) resentUntil = resentBefore
        outcomes.push(...called.outcomes)
        for (const outcome of called.outcomes)
          if (!(outcome instanceof Error)) watermark.saw(outcome.position)
        if (called.outcomes.length > 0) {
          pause = pauses.first
          outcomeAt = performance.now()
        }
        if (called.failure !== undefined) throw called.failure
      } catch (error) {
        if (isUnknownCall(error)) isSupported = false
        else if (error instanceof Unavailable || isUncertain(error)) {
          failure = error
          const wait = Math.min(pause, Math.max(left, 0))
          await delay(wait, undefined, { signal: calls.closing }).catch(() => undefined)
          pause = Math.min(pause * 2, pauses.most)
        } else oneByOne = true
      }
    }
    return outcomes
  }
}

/**
 * Appends in order over streams.
 * @param timeoutMs longest time without an outcome, in ms
 */
export const appendInBatches =
  (appendBatch: AppendBatch, timeoutMs: number): EventLog['appendInOrder'] =>
  async (appends) => {
    const deadline = performance.now() + timeoutMs
    const outcomes = await appendBatch(
      appends.map((append) => ({ append, deadline })),
      { stops: true, timeoutMs },
    )
    for (const outcome of outcomes) if (outcome instanceof Unavailable) throw outcome
    return outcomes
  }
