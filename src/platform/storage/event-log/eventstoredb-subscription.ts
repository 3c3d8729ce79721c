import type { RecordedEvent } from '#kernel'
import type { Calls } from './eventstoredb-calls.ts'
import { Unreachable } from './eventstoredb-failures.ts'
import { eventOf, isWanted, subscribeRequest } from './eventstoredb-messages.ts'
import { backOff } from '../../back-off.ts'
import { bell } from '../../bell.ts'
import type { Pages } from './eventstoredb-pages.ts'
import type { EventLog, Filter } from './port.ts'

/** Dependencies of subscriptions. */
export type SubscribeDeps = {
  readonly calls: Calls
  readonly readAll: Pages['readAll']
  readonly saw: (position: bigint) => void
  /** Time without a message after which the log is read to see whether the subscription missed events, in ms. */
  readonly liveness: number
  /** Called when a subscription begins, is renewed, and ends. */
  readonly onChange: (change: 'begun' | 'renewed' | 'ended') => void
}

/** Interval at which filtered subscriptions yield their position, in ms, when no event passes the filter. */
const positionEvery = 2_000

/** Time that a subscription which has missed events gets to deliver them, in ms. */
const grace = 1_000

/** A message of the server: an event, or a position up to which no event passes the filter. */
type Arrival = { readonly position: bigint; readonly event?: RecordedEvent }

/** Buffers the messages of the server. @param most limit of the buffer; beyond it the subscription is paused */
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
        // A checkpoint between two records may be the position of the next event, so it is ignored.
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
    /** Waits until a message has arrived, at most `ms`, or until the signal aborts. */
    wait: async (ms: number, signal: AbortSignal): Promise<void> => {
      const wait = news.listen()
      if (arrived.length === 0 && !ended) await wait(ms, signal)
    },
    /** Removes and returns arrived messages. @throws the error that ended the subscription, once all are taken */
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
 * Follows the log by a subscription of EventStoreDB: reads the recorded events, then subscribes to new ones. A subscription that
 * ends, or sends nothing although there are new events, is renewed.
 * It needs neither the bell nor the loop of `follow`, as the server pushes.
 */
export const subscribeTo = (deps: SubscribeDeps): EventLog['subscribe'] =>
  async function* (after, { signal: given, limit = 1_000, onError, ...filter } = {}) {
    const { readAll, onChange } = deps
    const { closing } = deps.calls
    const signal = given ? AbortSignal.any([given, closing]) : closing
    const isOver = () => signal.aborted
    const isFiltered = filter.categories !== undefined || filter.types !== undefined
    const quiet = isFiltered ? Math.min(positionEvery, deps.liveness) : deps.liveness
    const wanted = isWanted(filter)
    let position = after
    const pauses = backOff()
    let hasYieldedCaughtUp = false

    /** Reads pages up to the head; errors end it. */
    const pages = async function* () {
      for (;;) {
        const slice = await readAll({ ...filter, after: position, limit }, signal)
        const isNews = slice.caughtUp && !hasYieldedCaughtUp
        if (slice.events.length > 0 || slice.position > position || isNews) {
          ;({ position } = slice)
          hasYieldedCaughtUp = slice.caughtUp
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
                throw new Unreachable('A subscription sends no events')
              continue
            }
            pauses.reset()
            if (arriving.isEmpty() && missed.position > position) {
              ;({ position } = missed)
              yield missed
            }
            continue
          }
          pauses.reset()
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

    onChange('begun')
    try {
      while (!isOver()) {
        try {
          yield* pages()
          yield* live()
        } catch (error) {
          if (isOver()) return
          onError?.(error)
          await pauses.wait(signal)
          onChange('renewed')
        }
      }
    } finally {
      onChange('ended')
    }
  }
