import type { Bell } from '../../bell.ts'
import type { EventLog, Slice } from './port.ts'

/** Interval at which the log is polled without a bell, in ms. */
const pollEvery = 2_000

/** Backoff after failures, in ms. */
const backOff = { first: 50, most: 2_000 }

/**
 * `subscribe` for adapters without subscriptions of their own: reads pages and waits for the bell of the log.
 * @param readAll reads a page
 * @param news rings after every append, also of other processes
 */
export const follow = (readAll: EventLog['readAll'], news: Bell): EventLog['subscribe'] =>
  async function* (after, { signal, limit = 1_000, onError, ...filter } = {}) {
    let position = after
    let pause = backOff.first
    let hasYieldedCaughtUp = false
    while (!signal?.aborted) {
      const wait = news.listen()
      let slice: Slice
      try {
        slice = await readAll({ ...filter, after: position, limit })
        pause = backOff.first
      } catch (error) {
        onError?.(error)
        await wait(pause, signal)
        pause = Math.min(pause * 2, backOff.most)
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
