import { setTimeout as delay } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { Unavailable } from '../../unavailable.ts'
import { pauses, type AppendDeps, type AppendOne } from './eventstoredb-append.ts'
import { batchCallTo, mostAppends } from './eventstoredb-batch-call.ts'
import { isUncertain, wasNeverSent } from './eventstoredb-failures.ts'
import type { Append, AppendOutcome, EventLog } from './port.ts'

/** An append, and when to give up, in ms of `performance.now()`. */
export type TimedAppend = { readonly append: Append; readonly deadline: number }

/**
 * Appends in order. Gives one outcome an append, `Unavailable` where it is not known what became of it.
 * @param options.stops whether none is sent any more after one whose outcome is not known; the outcomes end there
 * @param options.patience ms that the rest may take after each outcome, where that is later than their deadlines
 */
export type AppendBatch = (
  timed: readonly TimedAppend[],
  options: { readonly stops: boolean; readonly patience?: number },
) => Promise<readonly AppendOutcome[]>

/** What another program's server may not know: it says so, and is asked append by append from then on. */
const isUnknownCall = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === status.UNIMPLEMENTED

/**
 * Appends through `BatchAppend`: the appends of a call are sent without waiting, and judged one by one in the order they
 * were sent in. After an outage, those without an answer are sent again in the same order; servers take the same events
 * at the same place for the same append. Those that may go anywhere are looked for first, since servers remember them
 * only for a while. Where the server knows no `BatchAppend`, everything is appended one by one.
 * @param appendOne appends one
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

  return async (timed, { stops, patience = 0 }) => {
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
      const deadline = Math.max(next.deadline, outcomeAt + patience)
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
 * @param patience ms that may pass without an outcome
 */
export const appendInBatches =
  (appendBatch: AppendBatch, patience: number): EventLog['appendInOrder'] =>
  async (appends) => {
    const deadline = performance.now() + patience
    const outcomes = await appendBatch(
      appends.map((append) => ({ append, deadline })),
      { stops: true, patience },
    )
    for (const outcome of outcomes) if (outcome instanceof Unavailable) throw outcome
    return outcomes
  }
