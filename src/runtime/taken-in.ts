import type { AnySaga } from '#kernel'
import type { Checkpoints } from '../platform/storage/checkpoints/port.ts'
import { coalesce } from '../platform/coalesce.ts'
import type { DeadLetters, Follower } from '../platform/storage/dead-letters/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { NewerEvents } from './newer-events.ts'

/** At most so many events a page, and so many pages, are looked at past the checkpoint. */
const page = { limit: 1_000, most: 10 }

/**
 * Finds out of runs of a saga whether each has taken in everything that is recorded for it at the moment of asking,
 * whichever process takes it in. One look answers all who ask at the same time.
 * @param follower as which the saga parks what fails
 * @param checkpoint the name under which its checkpoint is saved, and what it reads is declared
 * @param deps.newer finds events that only a newer version of the saga can read
 * @returns a function of the run's key; its answer is no as well where the saga is too far behind to tell, and where a
 *   newer version of it has to read on first
 */
export const takenIn = (
  saga: Pick<AnySaga, 'reads' | 'keyOf'>,
  follower: Follower,
  checkpoint: string,
  {
    log,
    checkpoints,
    letters,
    newer: { catalogue, readers },
  }: {
    readonly log: Pick<EventLog, 'readAll'>
    readonly checkpoints: Pick<Checkpoints, 'load'>
    readonly letters: Pick<DeadLetters, 'list'>
    readonly newer: {
      readonly catalogue: Pick<NewerEvents['catalogue'], 'unreadable'>
      readonly readers: Pick<NewerEvents['readers'], 'readBy'>
    }
  },
): ((key: string) => Promise<boolean>) => {
  const reads = new Set(saga.reads)
  /** With what newer versions read as well, as far as this one has heard. */
  let types: ReadonlySet<string> = reads

  /** The runs that events after a position are for; undefined where that cannot be told, or is too much to look through. */
  const behindAfter = async (position: bigint): Promise<ReadonlySet<string> | undefined> => {
    const behind = new Set<string>()
    let after = position
    for (let pages = 0; pages < page.most; pages++) {
      const slice = await log.readAll({ after, limit: page.limit, types: [...types] })
      for (const event of slice.events) {
        if (catalogue.unreadable(event) !== undefined) return undefined
        const key = reads.has(event.type) ? saga.keyOf(event) : undefined
        if (key !== undefined) behind.add(key)
      }
      if (slice.caughtUp) return behind
      after = slice.position
    }
    return undefined
  }

  return coalesce<string, boolean>(async (keys) => {
    // First: what is parked is noted down before the checkpoint passes it.
    const position = await checkpoints.load(checkpoint)
    const parked = new Set((await letters.list(follower)).map(({ key }) => key))
    for (;;) {
      const behind = await behindAfter(position)
      if (!behind) return keys.map(() => false)
      // Asked after reading: what a version records, it has declared before.
      const read = await readers.readBy(checkpoint)
      const isWhole = [...read].every((type) => types.has(type))
      types = new Set([...saga.reads, ...read])
      if (isWhole) return keys.map((key) => !behind.has(key) && !parked.has(key))
    }
  })
}
