import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { Unavailable } from '../unavailable.ts'
import { pauses, type AppendDeps, type AppendOne } from './eventstoredb-append.ts'
import { readBatchAnswer } from './eventstoredb-batch-answers.ts'
import { isUncertain, wasNeverSent } from './eventstoredb-failures.ts'
import {
  batchMessage,
  bytesOfMessage,
  type BatchAnswer,
  type BatchMessage,
} from './eventstoredb-messages.ts'
import { isPlaceless, placesTogether, type Places } from './eventstoredb-places.ts'
import { Conflict, type Append, type AppendOutcome, type EventLog } from './port.ts'

/** One call holds at most so many appends, and so many bytes; an append of more bytes than `alone` goes by `Append`. */
const most = { appends: 500, bytes: 4 * 1024 * 1024, alone: 1024 * 1024 }

/** An append, and when to give up, in ms of `performance.now()`. */
export type TimedAppend = { readonly append: Append; readonly deadline: number }

/**
 * Appends in order. Gives one outcome an append, `Unavailable` where it is not known what became of it.
 * @param options.stops whether none is sent any more after one whose outcome is not known; the outcomes end there
 */
export type AppendBatch = (
  timed: readonly TimedAppend[],
  options: { readonly stops: boolean },
) => Promise<readonly AppendOutcome[]>

/** What another program's server may not know: it says so, and is asked append by append from then on. */
const isUnknownCall = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === status.UNIMPLEMENTED

/** An append on its way: found in its stream before it was sent, or sent by a message. */
type Item = {
  readonly append: Append
  readonly found: AppendOutcome | undefined
  readonly message: BatchMessage | undefined
}

/** What came of a call: the outcomes of its first appends, and what kept it from more. */
type Called = {
  readonly outcomes: readonly AppendOutcome[]
  readonly sent: number
  readonly failure?: unknown
}

const isTaken = (outcome: AppendOutcome | undefined): boolean =>
  outcome !== undefined && !(outcome instanceof Error)

/** What is found of an append, if anything. @throws Unavailable when it cannot be looked for */
const foundBy = ({ placeOf }: Places, append: Append): Promise<AppendOutcome | undefined> =>
  placeOf(append).catch((error: unknown) => {
    if (error instanceof Conflict) return error
    throw error
  })

/**
 * Appends through `BatchAppend`: the appends of a call are sent without waiting, and judged one by one in the order they
 * were sent in. After an outage, those without an answer are sent again in the same order; servers take the same events
 * at the same place for the same append. Those that may go anywhere are looked for first, since servers remember them
 * only for a while. Where the server knows no `BatchAppend`, everything is appended one by one.
 * @param appendOne appends one
 */
export const appendBatchTo = (
  { calls, read, watermark, clock, timeout }: AppendDeps,
  appendOne: AppendOne,
): AppendBatch => {
  let isSupported = true

  const alone = async ({ append, deadline }: TimedAppend): Promise<AppendOutcome> => {
    try {
      return await appendOne(append, deadline)
    } catch (error) {
      if (error instanceof Error) return error
      throw error
    }
  }

  /** As many appends as a call may hold; none, when the first one is too large for it. */
  const itemsOf = async (appends: readonly Append[], at: string): Promise<readonly Item[]> => {
    const places = placesTogether(read, appends)
    const items: Item[] = []
    let bytes = 0
    for (const append of appends) {
      const there = isPlaceless(append) ? await foundBy(places, append) : undefined
      if (there) {
        const found = there instanceof Error ? there : { ...there, before: true as const }
        items.push({ append, found, message: undefined })
        continue
      }
      const message = batchMessage(randomUUID(), append, at)
      const size = bytesOfMessage(message)
      bytes += size
      if (size > most.alone || (bytes > most.bytes && items.length > 0)) break
      items.push({ append, found: undefined, message })
    }
    return items
  }

  /** The outcomes that answers tell. @param isResent of each append, whether a call that broke may have recorded it */
  const outcomesOf = async (
    appends: readonly Append[],
    answers: readonly BatchAnswer[],
    before: bigint,
    isResent: (index: number) => boolean,
  ): Promise<readonly AppendOutcome[]> => {
    let known = before
    const readings = answers.map((answer, index) => {
      const reading = readBatchAnswer(appends[index]!, answer, { known, isResent: isResent(index) })
      if ('outcome' in reading && !(reading.outcome instanceof Error))
        known = reading.outcome.position
      return reading
    })
    const places = placesTogether(read, appends)
    return Promise.all(
      readings.map(async (reading, index): Promise<AppendOutcome> => {
        if ('outcome' in reading) return reading.outcome
        const found = await foundBy(places, appends[index]!)
        if (!found) return reading.unlessFound
        if (found instanceof Error) return found
        const isBefore = isResent(index) || found.position <= known
        return { ...found, ...(isBefore && { before: true }) }
      }),
    )
  }

  const call = async (
    items: readonly Item[],
    known: bigint,
    left: number,
    isResent: (index: number) => boolean,
  ): Promise<Called> => {
    const sent = items.flatMap(({ append, message }, index) =>
      message ? [{ append, message, index }] : [],
    )
    const answers: BatchAnswer[] = []
    let failure: unknown
    if (sent.length > 0)
      await calls
        .batchAppend(
          sent.map(({ message }) => message),
          Math.min(timeout, left),
          (answer) => answers.push(answer),
        )
        .catch((error: unknown) => void (failure = error))
    const answered = await outcomesOf(
      sent.map(({ append }) => append),
      answers,
      known,
      (index) => isResent(sent[index]!.index),
    )
    let next = 0
    const outcomes: AppendOutcome[] = []
    for (const { found } of items) {
      const outcome = found ?? answered[next++]
      // Unless a later one was recorded, it can be sent again in its place.
      const isOpen = outcome instanceof Unavailable && !answered.slice(next).some(isTaken)
      if (!outcome || isOpen) return { outcomes, sent: items.length, failure: failure ?? outcome }
      outcomes.push(outcome)
    }
    return { outcomes, sent: items.length, failure }
  }

  return async (timed, { stops }) => {
    const at = clock().toISOString()
    const outcomes: AppendOutcome[] = []
    let oneByOne = false
    let resentUntil = 0
    let failure: unknown
    let pause = pauses.first
    while (outcomes.length < timed.length) {
      if (stops && outcomes.at(-1) instanceof Unavailable) return outcomes
      const start = outcomes.length
      const next = timed[start]!
      const left = next.deadline - performance.now()
      if (left <= 0 || calls.closing.aborted) {
        outcomes.push(new Unavailable('EventStoreDB did not answer in time', { cause: failure }))
        continue
      }
      if (!isSupported || oneByOne) {
        outcomes.push(await alone(next))
        continue
      }
      try {
        const known = await watermark.known()
        const rest = timed.slice(start, start + most.appends).map(({ append }) => append)
        const items = await itemsOf(rest, at)
        if (items.length === 0) {
          outcomes.push(await alone(next))
          continue
        }
        const isResent = (index: number) => start + index < resentUntil
        const called = await call(items, known, left, isResent)
        outcomes.push(...called.outcomes)
        for (const outcome of called.outcomes)
          if (!(outcome instanceof Error)) watermark.saw(outcome.position)
        if (called.outcomes.length > 0) pause = pauses.first
        if (!wasNeverSent(called.failure)) resentUntil = start + called.sent
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
 * @param patience ms that it may take
 */
export const appendInBatches =
  (appendBatch: AppendBatch, patience: number): EventLog['appendInOrder'] =>
  async (appends) => {
    const deadline = performance.now() + patience
    const outcomes = await appendBatch(
      appends.map((append) => ({ append, deadline })),
      { stops: true },
    )
    for (const outcome of outcomes) if (outcome instanceof Unavailable) throw outcome
    return outcomes
  }
