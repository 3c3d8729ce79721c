import { setTimeout as delay } from 'node:timers/promises'
import { Unavailable } from '../../unavailable.ts'
import type { Calls } from './eventstoredb-calls.ts'
import { isUncertain, refusalOf, thrown, wasNeverSent } from './eventstoredb-failures.ts'
import { appendMessages, type AppendAnswer } from './eventstoredb-messages.ts'
import { isPlaceless, placesOneByOne } from './eventstoredb-places.ts'
import {
  Conflict,
  EventRefused,
  type Append,
  type Appended,
  type EventLog,
  type NewEvent,
} from './port.ts'

/** The greatest position that this process knows of. */
export type Watermark = {
  /** Resolves when a position is known. @throws the error of the server */
  readonly known: () => Promise<bigint>
  readonly saw: (position: bigint) => void
}

/** Dependencies of appends. */
export type AppendDeps = {
  readonly calls: Calls
  readonly read: EventLog['read']
  readonly watermark: Watermark
  readonly clock: () => Date
  /** Timeout of a call, in ms. */
  readonly timeout: number
}

const ignore = () => undefined

/** Backoff between attempts, in ms. */
export const pauses = { first: 25, most: 1_000 }

/**
 * Appends once, with retries.
 * @param deadline time of the last attempt, in ms of `performance.now()`
 * @throws as `EventLog.append`
 */
export type AppendOne = (append: Append, deadline: number) => Promise<Appended>

/** The error of an append that the server refused. */
const refused = (error: unknown, events: readonly NewEvent[]): unknown => {
  const why = refusalOf(error)
  if (why === undefined) return thrown(error)
  const blamed = events.find(({ type }) => why.includes(type)) ?? events[0]!
  return new EventRefused(blamed.type, why)
}

/**
 * Appends to EventStoreDB, which answers a repeated append like a new one. A repetition is recognised by its position: new
 * events are behind every position that was known before the call. If another process recorded the same events a moment
 * before, at a position that this one does not know yet, the answer lacks `before`; the events are the same.
 */
export const appendOneTo = ({ calls, read, watermark, clock, timeout }: AppendDeps): AppendOne => {
  const { placeOf } = placesOneByOne(read)

  /** Interprets an answer. @param uncertain an earlier attempt may be recorded @param known greatest position before the call */
  const meaningOf = async (
    answer: AppendAnswer,
    append: Append,
    { uncertain, known }: { readonly uncertain: boolean; readonly known: bigint },
  ): Promise<Appended> => {
    const success = answer.getSuccess()
    if (!success) {
      const first = uncertain ? await placeOf(append) : undefined
      if (first) return { ...first, before: true }
      const wrong = answer.getWrongExpectedVersion()
      const revision = wrong?.hasCurrentRevision() ? Number(wrong.getCurrentRevision()) : -1
      throw new Conflict(append.stream, append.expected, revision)
    }
    const revision = Number(success.getCurrentRevision())
    const position = success.getPosition()
    const commit = position && BigInt(position.getCommitPosition())
    const isPlain = position?.getPreparePosition() === position?.getCommitPosition()
    if (!uncertain && commit !== undefined && commit > known && isPlain)
      return { revision, position: commit }
    const place = await placeOf(append)
    if (!place) throw new Unavailable(`The events appended to ${append.stream} were not found`)
    const before = uncertain || place.position <= known
    return { ...place, ...(before && { before: true }) }
  }

  return async (append, deadline) => {
    const sent = appendMessages(append, clock().toISOString())
    let known: bigint | undefined
    let uncertain = false
    let failure: unknown
    for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.most)) {
      const left = deadline - performance.now()
      if (left <= 0 || calls.closing.aborted)
        throw new Unavailable('EventStoreDB did not answer in time', { cause: failure })
      let answer: AppendAnswer
      try {
        known ??= await watermark.known()
        // Servers recognise repetitions of appends at any revision only for a while.
        const first = isPlaceless(append) ? await placeOf(append) : undefined
        if (first) return { ...first, before: true }
        answer = await calls.append(sent, Math.min(timeout, left)).catch((error: unknown) => {
          uncertain ||= isUncertain(error) && !wasNeverSent(error)
          throw error
        })
        const appended = await meaningOf(answer, append, { uncertain, known })
        watermark.saw(appended.position)
        return appended
      } catch (error) {
        if (error instanceof Conflict) throw error
        if (!(error instanceof Unavailable) && !isUncertain(error))
          throw refused(error, append.events)
        failure = error
        const rest = Math.max(deadline - performance.now(), 0)
        await delay(Math.min(pause, rest), undefined, { signal: calls.closing }).catch(ignore)
      }
    }
  }
}
