import { backOff } from '../../back-off.ts'
import type { Bell } from '../../bell.ts'
import type { EventLog, Slice } from './port.ts'

/** Interval at which the log is polled without a bell, in ms. */
const pollEvery = 2_000

/**
 * Subscribes to a log by reading pages and waiting for its bell, for adapters without a subscription of their own. Below
 * the feed, which needs it: `followLog` and `followFeed` of the runtime follow the feed.
 * @param readAll reads a page
 * @param news rings after every append, also of other processes
 */
export const follow = (readAll: EventLog['readAll'], news: Bell): EventLog['subscribe'] =>
  async function* (after, { signal, limit = 1_000, onError, ...filter } = {}) {
    let position = after
    const pauses = backOff()
    let hasYieldedCaughtUp = false
    while (!signal?.aborted) {
      const wait = news.listen()
      let slice: Slice
      try {
        slice = await readAll({ ...filter, after: position, limit })
        pauses.reset()
      } catch (error) {
        onError?.(error)
        await wait(pauses.next(), signal)
        continue
      }
      const isNews = slice.caughtUp && !hasYieldedCaughtUp
      if (slice.events.length > 0 || slice.position > position || isNews) {
        ;({ position } = slice)
        hasYieldedCaughtUp = slice.caughtUp
        yield slice
      }
      if (slice.caughtUp) await wait(pollEvery, signal)
    }
  }
