import type { RecordedEvent } from '#kernel'
import type { Calls } from './eventstoredb-calls.ts'
import { Unreachable } from './eventstoredb-failures.ts'
import { eventOf, isWanted, subscribeRequest } from './eventstoredb-messages.ts'
import { bell } from '../../bell.ts'
import type { Pages } from './eventstoredb-pages.ts'
import type { EventLog, Filter } from './port.ts'

/** What a subscription needs from the rest of the log. */
export type SubscribeDeps = {
  readonly calls: Calls
  readonly readAll: Pages['readAll']
  readonly saw: (position: bigint) => void
  /** After so many ms without a word of the server it is asked whether there is something. */
  readonly liveness: number
  /** Told when a subscription begins, is made again, and ends. */
  readonly told: (what: 'begun' | 'again' | 'ended') => void
}

/** The pauses after failures, in ms. */
const backOff = { first: 50, most: 2_000 }

/** Followers of a part of the log are told how far it was looked through this often, in ms, when nothing is for them. */
const patience = 2_000

/** A subscription that has missed something is given so many ms to bring it after all. */
const grace = 1_000

/** What came up to a position: an event, or the news that there is none up to there. */
type Arrival = { readonly position: bigint; readonly event?: RecordedEvent }

/** Collects what the server sends, as fast as it is taken. @param most the server is held back beyond so many */
const collect = ({ calls, saw }: SubscribeDeps, after: bigint, filter: Filter, most: number) => {
  const arrived: Arrival[] = []
  const news = bell()
  let failure: unknown
  let ended = false
  const request = subscribeRequest(after === 0n ? undefined : after, filter)
  const subscription = calls.subscribe(
    request,
    (answer) => {
      const event = eventOf(answer)
      const checkpoint = answer.getCheckpoint()
      if (event) {
        saw(event.position)
        arrived.push({ position: event.position, event })
      } else if (checkpoint) {
        // A checkpoint between two records may be where the next event is going to be.
        const commit = checkpoint.getCommitPosition()
        if (commit === checkpoint.getPreparePosition()) arrived.push({ position: BigInt(commit) })
      } else return
      if (arrived.length >= most) subscription.pause()
      news.ring()
    },
    (error) => {
      failure = error
      ended = true
      news.ring()
    },
  )
  return {
    /** Waits until there is something to take; gives up after so many ms, or with the signal. */
    wait: async (ms: number, signal: AbortSignal): Promise<void> => {
      const wait = news.listen()
      if (arrived.length === 0 && !ended) await wait(ms, signal)
    },
    /** What has arrived. @throws what ended the subscription, once all is taken */
    take: (limit: number): readonly Arrival[] => {
      const taken = arrived.splice(0, limit)
      if (taken.length === 0 && ended) throw failure
      if (arrived.length < most) subscription.resume()
      return taken
    },
    isEmpty: () => arrived.length === 0,
    stop: subscription.stop,
  }
}

/**
 * Follows the log through a subscription of EventStoreDB's own: reads what is there already, then has the rest sent. One
 * that ends, or falls silent while there is something to hear, is made again.
 */
export const subscribeTo = (deps: SubscribeDeps): EventLog['subscribe'] =>
  async function* (after, { signal: given, limit = 1_000, onError, ...filter } = {}) {
    const { readAll, told: tell } = deps
    const { closing } = deps.calls
    const signal = given ? AbortSignal.any([given, closing]) : closing
    const isOver = () => signal.aborted
    const isFiltered = filter.categories !== undefined || filter.types !== undefined
    const quiet = isFiltered ? Math.min(patience, deps.liveness) : deps.liveness
    const wanted = isWanted(filter)
    let position = after
    let pause = backOff.first
    let told = false

    /** Ends by throwing only: whatever keeps it from going on. */
    const pages = async function* () {
      for (;;) {
        const slice = await readAll({ ...filter, after: position, limit }, signal)
        if (slice.events.length > 0 || slice.position > position || (slice.caughtUp && !told)) {
          ;({ position } = slice)
          told = slice.caughtUp
          yield slice
        }
        if (slice.caughtUp || isOver()) return
      }
    }

    const live = async function* () {
      const arriving = collect(deps, position, filter, 2 * limit)
      try {
        while (!isOver()) {
          await arriving.wait(quiet, signal)
          if (isOver()) return
          const taken = arriving.take(limit)
          if (taken.length === 0) {
            const missed = await readAll({ ...filter, after: position, limit: 1 }, signal)
            if (missed.events.length > 0) {
              await arriving.wait(grace, signal)
              if (arriving.isEmpty() && !isOver())
                throw new Unreachable('A subscription fell silent')
              continue
            }
            pause = backOff.first
            if (arriving.isEmpty() && missed.position > position) {
              ;({ position } = missed)
              yield missed
            }
            continue
          }
          pause = backOff.first
          const fresh = taken.filter((arrival) => arrival.position > position)
          if (fresh.length === 0) continue
          const events = fresh.flatMap(({ event }) => (event && wanted(event) ? [event] : []))
          position = fresh.at(-1)!.position
          yield { events, position, caughtUp: arriving.isEmpty() }
        }
      } finally {
        arriving.stop()
      }
    }

    tell('begun')
    try {
      while (!isOver()) {
        try {
          yield* pages()
          yield* live()
        } catch (error) {
          if (isOver()) return
          onError?.(error)
          await bell().listen()(pause, signal)
          pause = Math.min(pause * 2, backOff.most)
          tell('again')
        }
      }
    } finally {
      tell('ended')
    }
  }
