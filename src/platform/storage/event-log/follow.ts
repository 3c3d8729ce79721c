import type { Bell } from '../../bell.ts'
import type { EventLog, Slice } from './port.ts'

/** Even if no bell rings, the log is looked at this often, in ms. */
const patience = 2_000

/** The pauses after failures, in ms. */
const backOff = { first: 50, most: 2_000 }

/**
 * Follows a log by reading pages and waiting for its bell: how adapters without a subscription of their own subscribe.
 * @param readAll reads a page
 * @param news rings after every append, also of other processes
 */
export const follow = (readAll: EventLog['readAll'], news: Bell): EventLog['subscribe'] =>
  async function* (after, { signal, limit = 1_000, onError, ...filter } = {}) {
    let position = after
    let pause = backOff.first
    let told = false
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
      if (slice.events.length > 0 || slice.position > position || (slice.caughtUp && !told)) {
        ;({ position } = slice)
        told = slice.caughtUp
        yield slice
      }
      if (slice.caughtUp) await wait(patience, signal)
    }
  }
