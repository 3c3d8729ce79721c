import { randomUUID } from 'node:crypto'
import { Unavailable } from '../../unavailable.ts'
import type { AppendDeps } from './eventstoredb-append.ts'
import { readBatchAnswer } from './eventstoredb-batch-answers.ts'
import {
  batchMessage,
  bytesOfMessage,
  type BatchAnswer,
  type BatchMessage,
} from './eventstoredb-messages.ts'
import { isPlaceless, placesTogether, type Places } from './eventstoredb-places.ts'
import { Conflict, type Append, type AppendOutcome } from './port.ts'

/** Limit of appends in a call. */
export const mostAppends = 500

/** Limits of a call and of one append in it, in bytes; a larger append is sent by `Append`. */
const most = { bytes: 4 * 1024 * 1024, alone: 1024 * 1024 }

/** An append of a batch: found in its stream before the call, or sent as a message. */
export type BatchItem = {
  readonly append: Append
  readonly found: AppendOutcome | undefined
  readonly message: BatchMessage | undefined
}

/** Result of a call: the outcomes of its first appends, and the error that ended it, if any. */
export type BatchCalled = {
  readonly outcomes: readonly AppendOutcome[]
  readonly failure?: unknown
}

const isTaken = (outcome: AppendOutcome | undefined): boolean =>
  outcome !== undefined && !(outcome instanceof Error)

/** Looks an append up in its stream; undefined if it is not there. @throws Unavailable */
const foundBy = ({ placeOf }: Places, append: Append): Promise<AppendOutcome | undefined> =>
  placeOf(append).catch((error: unknown) => {
    if (error instanceof Conflict) return error
    throw error
  })

/** One call of `BatchAppend`. */
export type BatchCall = {
  /**
   * Prepares as many of the appends as fit into a call; none if the first one is too large.
   * @param at time of their events, ISO 8601, unless an event has its own
   */
  readonly itemsOf: (appends: readonly Append[], at: string) => Promise<readonly BatchItem[]>
  /**
   * Sends appends and interprets the answers.
   * @param options.known the greatest known position
   * @param options.left longest time without an answer, in ms
   * @param options.isResent whether an earlier, interrupted call may have recorded an append
   */
  readonly send: (
    items: readonly BatchItem[],
    options: {
      readonly known: bigint
      readonly left: number
      readonly isResent: (index: number) => boolean
    },
  ) => Promise<BatchCalled>
}

/** Prepares and sends calls of `BatchAppend`. */
export const batchCallTo = ({
  calls,
  read,
  timeout,
}: Pick<AppendDeps, 'calls' | 'read' | 'timeout'>): BatchCall => {
  const itemsOf: BatchCall['itemsOf'] = async (appends, at) => {
    const places = placesTogether(read, appends)
    const items: BatchItem[] = []
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

  /** Outcomes of answers. @param isResent whether an earlier, interrupted call may have recorded an append */
  const outcomesOf = async (
    appends: readonly Append[],
    answers: readonly BatchAnswer[],
    before: bigint,
    isResent: (index: number) => boolean,
  ): Promise<readonly AppendOutcome[]> => {
    let known = before
    const readings = answers.map((answer, index) => {
      const reading = readBatchAnswer(appends[index]!, answer, { known, isResent: isResent(index) })
      const knownThen = known
      if ('outcome' in reading && !(reading.outcome instanceof Error))
        known = reading.outcome.position
      return { reading, known: knownThen }
    })
    const places = placesTogether(read, appends)
    return Promise.all(
      readings.map(async ({ reading, known: knownThen }, index): Promise<AppendOutcome> => {
        if ('outcome' in reading) return reading.outcome
        const found = await foundBy(places, appends[index]!)
        if (!found) return reading.unlessFound
        if (found instanceof Error) return found
        const isBefore = isResent(index) || found.position <= knownThen
        return { ...found, ...(isBefore && { before: true }) }
      }),
    )
  }

  const send: BatchCall['send'] = async (items, { known, left, isResent }) => {
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
      // If no later append was recorded, this one can be sent again in its order.
      const isOpen = outcome instanceof Unavailable && !answered.slice(next).some(isTaken)
      if (!outcome || isOpen) return { outcomes, failure: failure ?? outcome }
      outcomes.push(outcome)
    }
    return { outcomes, failure }
  }

  return { itemsOf, send }
}
