import type { AnyProjection, RecordedEvent } from '#kernel'
import type { Promised } from '../platform/observability/reports/port.ts'
import type { Feed } from './feed.ts'

/**
 * Judges by the promise of each read model (`within`) what it is about: events, as they are taken in, and reads, as they are
 * answered (docs/decisions/109). Neither costs a statement.
 */
export type Freshness = {
  /** Judges events that were made durable in a live generation now: by the time since they were recorded. */
  readonly taken: (
    projection: Pick<AnyProjection, 'name' | 'within'>,
    events: readonly Pick<RecordedEvent, 'at'>[],
  ) => void
  /**
   * Judges a read: by the age of the first event that the documents lack, and by the time that it waited for them.
   * @param position of the documents
   * @param waited ms; 0 for a read that did not wait
   */
  readonly read: (
    projection: Pick<AnyProjection, 'name' | 'within' | 'reads'>,
    position: bigint,
    waited: number,
  ) => void
  /** Counts a read as missed that waited in vain. */
  readonly late: (projection: Pick<AnyProjection, 'name'>) => void
}

/**
 * @param deps.feed has the newest events of the log in memory
 * @param deps.clock the clock by which events are recorded
 * @param deps.count called with what was judged
 */
export const freshness = ({
  feed,
  clock,
  count,
}: {
  readonly feed: Pick<Feed, 'pendingSince'>
  readonly clock: () => Date
  readonly count: (name: string, of: Promised, met: number, missed: number) => void
}): Freshness => {
  const typesOf = new WeakMap<readonly string[], ReadonlySet<string>>()
  const setOf = (reads: readonly string[]): ReadonlySet<string> => {
    const known = typesOf.get(reads)
    if (known) return known
    const types = new Set(reads)
    typesOf.set(reads, types)
    return types
  }
  /** Events that were recorded before this moment miss the promise. Times in UTC are ordered as their texts are. */
  const limitOf = (within: number): string => new Date(clock().getTime() - within).toISOString()

  return {
    taken: ({ name, within }, events) => {
      const limit = limitOf(within)
      let missed = 0
      for (const { at } of events) if (at < limit) missed += 1
      count(name, 'events', events.length - missed, missed)
    },
    read: ({ name, within, reads }, position, waited) => {
      const since = feed.pendingSince(position, setOf(reads))
      const isMet = waited <= within && (since === undefined || since >= limitOf(within))
      count(name, 'reads', Number(isMet), Number(!isMet))
    },
    late: ({ name }) => count(name, 'reads', 0, 1),
  }
}
