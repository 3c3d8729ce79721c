import type { AnySaga } from '#kernel'
import type { Checkpoints } from '../checkpoints/port.ts'
import { coalesce } from '../coalesce.ts'
import type { DeadLetters, Follower } from '../dead-letters/port.ts'
import type { EventLog } from '../event-log/port.ts'

/** At most so many events a page, and so many pages, are looked at past the checkpoint. */
const page = { limit: 1_000, most: 10 }

/**
 * Finds out of runs of a saga whether each has taken in everything that is recorded for it at the moment of asking,
 * whichever process takes it in. One look answers all who ask at the same time.
 * @param follower as which the saga parks what fails
 * @param checkpoint the name under which its checkpoint is saved
 * @returns a function of the run's key; its answer is no as well where the saga is too far behind to tell
 */
export const takenIn = (
  saga: Pick<AnySaga, 'reads' | 'keyOf'>,
  follower: Follower,
  checkpoint: string,
  {
    log,
    checkpoints,
    letters,
  }: {
    readonly log: Pick<EventLog, 'readAll'>
    readonly checkpoints: Pick<Checkpoints, 'load'>
    readonly letters: Pick<DeadLetters, 'list'>
  },
): ((key: string) => Promise<boolean>) =>
  coalesce<string, boolean>(async (keys) => {
    // First: what is parked is noted down before the checkpoint passes it.
    let after = await checkpoints.load(checkpoint)
    const behind = new Set((await letters.list(follower)).map(({ key }) => key))
    let caughtUp = false
    for (let pages = 0; !caughtUp && pages < page.most; pages++) {
      const slice = await log.readAll({ after, limit: page.limit, types: saga.reads })
      for (const event of slice.events) {
        const key = saga.keyOf(event)
        if (key !== undefined) behind.add(key)
      }
      after = slice.position
      caughtUp = slice.caughtUp
    }
    return keys.map((key) => caughtUp && !behind.has(key))
  })
