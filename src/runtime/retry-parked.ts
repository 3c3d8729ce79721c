import {
  requestTypes,
  type DeadLetter,
  type DeadLetters,
  type Follower,
} from '../platform/storage/dead-letters/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { eventsUpTo } from './events-up-to.ts'
import type { Feed } from './feed.ts'
import { keyOfStream, keysOf, mostFannedOut } from './fold.ts'
import type { Folding } from './folding.ts'
import { stackOf } from '#kernel/error-message'

/**
 * Folds or removes the documents that an operator has requested, parked ones and others, for a generation that is not written meanwhile.
 * @param aheadAt the position that a document stands at where that is ahead of its generation, after a crash
 * @param write writes one document, true at this position: that of the generation, or the one that the document stands at
 * @param writeFurther writes a part of what a document has fanned out to since its letter, before the document itself;
 *   again from the first part when the retry is repeated
 */
export const retryParked = async (
  { generation: { projection }, reader, parked }: Folding,
  follower: Follower,
  {
    feed,
    letters,
    signal,
    aheadAt,
    write,
    writeFurther,
  }: {
    readonly feed: Pick<Feed, 'next'>
    readonly letters: Pick<DeadLetters, 'requested' | 'resolve' | 'park'>
    readonly signal: AbortSignal
    readonly aheadAt: (key: string) => Promise<bigint | undefined>
    readonly write: (key: string, document: unknown, at: bigint) => Promise<void>
    readonly writeFurther: (further: ReadonlyMap<string, unknown>, at: bigint) => Promise<void>
  },
): Promise<void> => {
  /** The events that the projection reads, between two positions. */
  const eventsBetween = (after: bigint, to: bigint) =>
    eventsUpTo(feed, {
      after,
      to,
      types: projection.reads,
      archived: projection.archived === 'skip' ? false : undefined,
      signal,
    })

  /**
   * Folds one document from the start of the log, which never counts an event twice.
   * @param since position from which on events were not folded into it
   */
  const refold = async (key: string, to: bigint, since: bigint): Promise<void> => {
    // Its store would pass over a document that is true at an earlier position than the one there.
    const at = (await aheadAt(key)) ?? to
    let document: unknown
    let further = new Map<string, unknown>()
    for await (const event of eventsBetween(0n, at)) {
      if (!keysOf(projection, event).includes(key)) continue
      if (event.position >= since)
        for (const [one, replaced] of projection.fanOut?.(document as never, event, key) ?? [])
          further.set(one, replaced)
      document = projection.evolve(document as never, event, key)
      if (further.size < mostFannedOut) continue
      await writeFurther(further, at)
      further = new Map()
    }
    if (further.size > 0) await writeFurther(further, at)
    await write(key, document, at)
  }

  const remove = async (key: string, to: bigint): Promise<void> =>
    write(key, undefined, (await aheadAt(key)) ?? to)

  /** The documents of a letter: one; or those that the events of its stream concern, which can be named by now. */
  const keysOfLetter = async (letter: DeadLetter, to: bigint): Promise<ReadonlySet<string>> => {
    const keys = new Set<string>()
    if (!letter.key.startsWith(keyOfStream(''))) return keys.add(letter.key)
    for await (const event of eventsBetween(letter.position - 1n, to))
      if (keyOfStream(event.stream) === letter.key)
        for (const concerned of projection.keysOf(event)) keys.add(concerned)
    return keys
  }

  for (const letter of await letters.requested(follower))
    try {
      // Where the feed has moved the position to meanwhile, everything before has been folded.
      const to = reader.position()
      if (letter.type === requestTypes.removal) await remove(letter.key, to)
      else for (const key of await keysOfLetter(letter, to)) await refold(key, to, letter.position)
      await letters.resolve(letter.id)
      parked.delete(letter.key)
    } catch (error) {
      if (error instanceof Unavailable || signal.aborted) throw error
      await letters.park(follower, { ...letter, error: stackOf(error) }, letter.type)
    }
}
