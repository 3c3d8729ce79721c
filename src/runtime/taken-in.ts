import type { AnySaga } from '#kernel'
import type { Checkpoints } from '../platform/storage/checkpoints/port.ts'
import { coalesce } from '../platform/coalesce.ts'
import type { DeadLetters, Follower } from '../platform/storage/dead-letters/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { NewerEvents } from './newer-events.ts'

/** The events per page, and the number of pages, that are read past the checkpoint at most. */
const page = { limit: 1_000, most: 10 }

/**
 * Checks whether runs of a saga have processed everything recorded for them, whichever process runs them. Concurrent
 * checks share one read of the log. Not a follower: it reads from the checkpoint to the head and keeps no position.
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
  /** With the types that newer versions read, as of the last look. */
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
    // Loaded first: a letter is stored before the checkpoint passes its event.
    const position = await checkpoints.load(checkpoint)
    const parked = new Set((await letters.list(follower)).map(({ key }) => key))
    for (;;) {
      const behind = await behindAfter(position)
      if (!behind) return keys.map(() => false)
      // Loaded after reading: a version declares its types before it appends.
      const read = await readers.readBy(checkpoint)
      const isWhole = [...read].every((type) => types.has(type))
      types = new Set([...saga.reads, ...read])
      if (isWhole) return keys.map((key) => !behind.has(key) && !parked.has(key))
    }
  })
}
