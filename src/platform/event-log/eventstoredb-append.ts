import { setTimeout as delay } from 'node:timers/promises'
import { Unavailable } from '../unavailable.ts'
import type { Calls } from './eventstoredb-calls.ts'
import { isUncertain, refusalOf, thrown, wasNeverSent } from './eventstoredb-failures.ts'
import { appendMessages, type AppendAnswer } from './eventstoredb-messages.ts'
import {
  Conflict,
  EventRefused,
  type Appended,
  type EventLog,
  type ExpectedRevision,
  type NewEvent,
} from './port.ts'

/** The greatest position that this process knows of. */
export type Watermark = {
  /** Resolves when one is known at all. @throws whatever kept the server from telling */
  readonly known: () => Promise<bigint>
  readonly saw: (position: bigint) => void
}

/** What an append needs from the rest of the log. */
export type AppendDeps = {
  readonly calls: Calls
  readonly read: EventLog['read']
  readonly watermark: Watermark
  readonly clock: () => Date
  /** ms that one call may take. */
  readonly timeout: number
  /** ms that an append may take in all, with its retries and the wait for its turn. */
  readonly patience: number
}

const ignore = () => undefined

/** The pauses between attempts, in ms. */
const pauses = { first: 25, most: 1_000 }

/** As far back as servers look for an append that may go anywhere. */
const farBack = 1_000

/**
 * Appends through EventStoreDB, which answers an append that it had recorded before like a fresh one. It is told apart
 * by its position: fresh ones are behind everything that was known before they were sent. What is left open is an
 * append that another process recorded, under the same ids, in the moment before, so that this one has not heard of it:
 * it is answered as fresh. It is the same events; only `before` is missing.
 */
export const appendTo = ({
  calls,
  read,
  watermark,
  clock,
  timeout,
  patience,
}: AppendDeps): EventLog['append'] => {
  const turns = new Map<string, Promise<unknown>>()

  /**
   * Where these very events are; undefined when they are not there.
   * @throws Conflict when they may go anywhere, and the first of them is there without the others
   */
  const placeOf = async (
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<Appended | undefined> => {
    const first = events[0]!.eventId.toLowerCase()
    let from = typeof expected === 'number' ? expected + 1 : 0
    let end: number | undefined
    if (expected === 'any' || expected === 'exists') {
      const newest = await read(stream, { direction: 'backwards', limit: farBack })
      const found = newest.find(({ eventId }) => eventId.toLowerCase() === first)
      if (!found) return undefined
      from = found.revision
      end = newest[0]?.revision
    }
    const there = await read(stream, { from, limit: events.length })
    const same = events.every(
      ({ eventId }, index) => there[index]?.eventId.toLowerCase() === eventId.toLowerCase(),
    )
    if (!same && end !== undefined) throw new Conflict(stream, expected, end)
    const last = there.at(-1)
    return same && last ? { revision: last.revision, position: last.position } : undefined
  }

  /** What an answer means. @param uncertain an earlier attempt may have been recorded @param known before it was sent */
  const meaningOf = async (
    answer: AppendAnswer,
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    { uncertain, known }: { readonly uncertain: boolean; readonly known: bigint },
  ): Promise<Appended> => {
    const success = answer.getSuccess()
    if (!success) {
      const first = uncertain ? await placeOf(stream, expected, events) : undefined
      if (first) return { ...first, before: true }
      const wrong = answer.getWrongExpectedVersion()
      const revision = wrong?.hasCurrentRevision() ? Number(wrong.getCurrentRevision()) : -1
      throw new Conflict(stream, expected, revision)
    }
    const revision = Number(success.getCurrentRevision())
    const position = success.getPosition()
    const commit = position && BigInt(position.getCommitPosition())
    const isPlain = position?.getPreparePosition() === position?.getCommitPosition()
    if (!uncertain && commit !== undefined && commit > known && isPlain)
      return { revision, position: commit }
    const place = await placeOf(stream, expected, events)
    if (!place) throw new Unavailable(`What was appended to ${stream} cannot be found`)
    const before = uncertain || place.position <= known
    return { ...place, ...(before && { before: true }) }
  }

  const refused = (error: unknown, events: readonly NewEvent[]): unknown => {
    const why = refusalOf(error)
    if (why === undefined) return thrown(error)
    const blamed = events.find(({ type }) => why.includes(type)) ?? events[0]!
    return new EventRefused(blamed.type, why)
  }

  const attempt = async (
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    deadline: number,
  ): Promise<Appended> => {
    const sent = appendMessages(stream, expected, events, clock().toISOString())
    const isPlaceless = expected === 'any' || expected === 'exists'
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
        // Servers remember only for a while that what may go anywhere has been recorded.
        const first = isPlaceless ? await placeOf(stream, expected, events) : undefined
        if (first) return { ...first, before: true }
        answer = await calls.append(sent, Math.min(timeout, left)).catch((error: unknown) => {
          uncertain ||= isUncertain(error) && !wasNeverSent(error)
          throw error
        })
        const appended = await meaningOf(answer, stream, expected, events, { uncertain, known })
        watermark.saw(appended.position)
        return appended
      } catch (error) {
        if (error instanceof Conflict) throw error
        if (!(error instanceof Unavailable) && !isUncertain(error)) throw refused(error, events)
        failure = error
        const rest = Math.max(deadline - performance.now(), 0)
        await delay(Math.min(pause, rest), undefined, { signal: calls.closing }).catch(ignore)
      }
    }
  }

  return async (stream, expected, events) => {
    const deadline = performance.now() + patience
    const previous = turns.get(stream) ?? Promise.resolve()
    const turn = previous.then(() => attempt(stream, expected, events, deadline))
    const done = turn.then(ignore, ignore)
    turns.set(stream, done)
    try {
      return await turn
    } finally {
      if (turns.get(stream) === done) turns.delete(stream)
    }
  }
}
