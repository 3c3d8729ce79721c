import type { AnyProjection } from '#kernel'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { Search } from '../platform/storage/search/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Feed } from './feed.ts'
import type { Freshness } from './freshness.ts'
import type { Progress } from './progress.ts'
import { NotCaughtUp, PositionBeyondHead, type ReadModels } from './reading.ts'
import { rememberedReads } from './remembered-reads.ts'

/** Time after which a wait for a position checks that the log has it, in ms. */
const headCheckAfter = 100

/**
 * Queries read models once they have reached the position that a caller names.
 * @param log has the head that `reach` waits for, and that no `minPosition` may exceed
 * @param options.feed has the newest event of each type, until which reads are cached. Default: every event ends it
 * @param options.onForgotten registers a listener for every person who is forgotten
 * @param options.freshness judges each read, and each wait, by the promise of its read model. Default: they are not judged
 * @param options.now monotonic clock, in ms
 */
export const readModels = (
  documents: DocumentStore & Search,
  progress: Progress,
  log: Pick<EventLog, 'head'>,
  {
    feed,
    freshness,
    now = () => performance.now(),
    ...options
  }: {
    readonly feed?: Pick<Feed, 'head' | 'newest'>
    readonly onForgotten?: (listener: () => void) => unknown
    readonly freshness?: Pick<Freshness, 'read' | 'late'>
    readonly now?: () => number
  } = {},
): ReadModels => {
  const reach = async (projection: AnyProjection, minPosition: bigint): Promise<bigint> => {
    const { name } = projection
    // A position that a client was given is soon reached: the head is read only for those that are not.
    try {
      return await progress.reach(name, minPosition, {
        timeoutMs: headCheckAfter,
        known: projection,
      })
    } catch (error) {
      if (!(error instanceof NotCaughtUp)) throw error
    }
    const head = await log.head()
    if (minPosition > head) throw new PositionBeyondHead(head)
    return progress.reach(name, minPosition, { known: projection })
  }

  /** Judges a read by the position that it gets, and by its wait for it. */
  const judged = async (
    projection: AnyProjection,
    isWaiting: boolean,
    positionFor: () => Promise<bigint>,
  ): Promise<bigint> => {
    const since = isWaiting ? now() : 0
    try {
      const position = await positionFor()
      freshness?.read(projection, position, isWaiting ? now() - since : 0)
      return position
    } catch (error) {
      if (error instanceof NotCaughtUp) freshness?.late(projection)
      throw error
    }
  }

  /** Read before the documents, which are then at least as fresh as it says. */
  const positionOf = (projection: AnyProjection, minPosition: bigint | undefined) =>
    judged(projection, minPosition !== undefined, () =>
      minPosition === undefined
        ? progress.positionOf(projection.name, projection)
        : reach(projection, minPosition),
    )

  const reads = rememberedReads(documents, options)
  /** Returns the position at which a read model was last moved by an event that it reads, as far as that is known. */
  const changedAt = (projection: AnyProjection, position: bigint): bigint => {
    if (!feed || position > feed.head()) return position
    const newest = feed.newest(projection.reads)
    return newest <= position ? newest : position
  }

  const remembered = (projection: AnyProjection, position: bigint) =>
    reads(`${changedAt(projection, position)} ${progress.replacements(projection.name)}`)

  return {
    get: async (projection, key, minPosition) => {
      const position = await positionOf(projection, minPosition)
      return {
        document: await remembered(projection, position).get(projection, key),
        position,
      }
    },
    find: async (projection, query, minPosition) => {
      const position = await positionOf(projection, minPosition)
      return { ...(await remembered(projection, position).find(projection, query)), position }
    },
    search: async (projection, query, minPosition) => {
      const position = await positionOf(projection, minPosition)
      const isFresh = minPosition !== undefined
      return { ...(await documents.search(projection, query, { isFresh })), position }
    },
    reach: async (projection, position, reachOptions) => {
      const to = position === 'head' ? await log.head() : position
      return judged(projection, true, () =>
        progress.reach(projection.name, to, { ...reachOptions, known: projection }),
      )
    },
  }
}
