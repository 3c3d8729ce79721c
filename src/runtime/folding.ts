import { LRUCache } from 'lru-cache'
import { firstUse, type Catalogue, type RecordedEvent } from '#kernel'
import type { DeadLetters, Follower } from '../platform/storage/dead-letters/port.ts'
import type {
  Advance,
  Batch,
  DocumentStore,
  Generation,
} from '../platform/storage/documents/port.ts'
import type { FeedReader } from './feed-readers.ts'
import type { Feed } from './feed.ts'
import { fold, keysOf } from './fold.ts'
import { stackOf } from '#kernel/error-message'

/** The number of documents cached, so that the next batch need not load them. */
const cachedDocuments = 5_000

/** The documents that a batch changed, as they are now; `undefined` for those that are to be removed. */
export type Changed = ReadonlyMap<string, unknown>

/** A generation that is being folded: its position, and its cached documents. */
export type Folding = {
  readonly generation: Generation
  /** Reads the events to fold next; its position is the one that the documents are true at. */
  readonly reader: FeedReader
  /** The position in the store; what came after it changed no document. */
  readonly saved: () => bigint
  /** The keys whose events are passed over, as a letter waits for each. */
  readonly parked: Set<string>
  /** A document as it is in the store, if it is cached; `document` is undefined where there is none. */
  readonly cached: (key: string) => { readonly document: unknown } | undefined
  /** The first event that the projection reads, but only a newer version of Agora can fold. */
  readonly newerIn: (events: readonly RecordedEvent[]) => RecordedEvent | undefined
  /**
   * Folds events in memory, after loading the documents concerned. A document that an event cannot be folded into is
   * parked; its letter is durable when the promise resolves.
   */
  readonly fold: (events: readonly RecordedEvent[]) => Promise<Changed>
  /** What is to be written for the position to move to `to`. */
  readonly batchTo: (changed: Changed, to: bigint) => Batch
  /** Moves the position after such a batch was written. */
  readonly wrote: (changed: Changed, to: bigint) => void
  /** What is to be saved for the store to know the position; undefined when it does. */
  readonly unsaved: () => Advance | undefined
  /** Called when a position was saved. */
  readonly savedAt: (position: bigint) => void
  /** Restarts from the position in the store, with an empty cache. */
  readonly reload: () => Promise<void>
  readonly close: () => void
}

/**
 * Begins to fold events into a generation, from its position.
 * @param deps.onPending called when there is something to fold and was nothing before
 * @param deps.onError called with what rules throw
 */
export const beginFolding = async (
  generation: Generation,
  follower: Follower,
  {
    feed,
    documents,
    letters,
    catalogue,
    onPending,
    onError,
  }: {
    readonly feed: Pick<Feed, 'read'>
    readonly documents: Pick<DocumentStore, 'position' | 'load'>
    readonly letters: Pick<DeadLetters, 'list' | 'park'>
    readonly catalogue: Pick<Catalogue, 'unreadable'>
    readonly onPending: () => void
    readonly onError: (error: unknown) => void
  },
): Promise<Folding> => {
  const { projection } = generation
  const reads = new Set(projection.reads)
  // The cache allocates all of its memory at once: only once there is something to fold.
  const cache = firstUse(
    () => new LRUCache<string, { document: unknown }>({ max: cachedDocuments }),
  )
  const parked = new Set((await letters.list(follower)).map(({ key }) => key))
  let saved = await documents.position(generation)
  const reader = feed.read(saved, { types: projection.reads, onPending })

  /**
   * The documents that events concern. Those in the cache are not asked for, nor those that cannot be there yet.
   */
  const load = async (events: readonly RecordedEvent[]): Promise<Map<string, unknown>> => {
    const keys = new Set<string>()
    const begun = new Set<string>()
    for (const event of events)
      for (const key of keysOf(projection, event)) {
        keys.add(key)
        if (projection.begins(event)) begun.add(key)
      }
    const found = new Map<string, unknown>()
    const missing: string[] = []
    for (const key of keys) {
      const known = cache().get(key)
      if (known) found.set(key, known.document)
      else if (!begun.has(key)) missing.push(key)
    }
    if (missing.length === 0) return found
    const loaded = await documents.load(generation, missing)
    for (const key of missing) found.set(key, loaded.get(key))
    return found
  }

  return {
    generation,
    reader,
    parked,
    saved: () => saved,
    cached: (key) => cache().get(key),
    newerIn: (events) =>
      events.find((event) => reads.has(event.type) && catalogue.unreadable(event) !== undefined),
    fold: async (events) => {
      const relevant = events.filter(({ type }) => reads.has(type))
      if (relevant.length === 0) return new Map()
      const { changed, failures } = fold(projection, relevant, await load(relevant), parked)
      for (const { key, event, error } of failures) {
        // Before the position moves on: a letter without its batch does no harm, the other way round would.
        await letters.park(follower, {
          key,
          position: event.position,
          type: event.type,
          error: stackOf(error),
        })
        onError(error)
        parked.add(key)
      }
      return changed
    },
    batchTo: (changed, to) => ({
      from: saved,
      to,
      upserts: new Map([...changed].filter(([, document]) => document !== undefined)),
      deletes: [...changed.keys()].filter((key) => changed.get(key) === undefined),
    }),
    wrote: (changed, to) => {
      saved = to
      for (const [key, document] of changed) cache().set(key, { document })
      reader.moveTo(to)
    },
    unsaved: () => {
      const to = reader.position()
      return to === saved ? undefined : { generation, from: saved, to }
    },
    savedAt: (position) => {
      saved = position
    },
    reload: async () => {
      cache().clear()
      saved = await documents.position(generation)
      reader.moveTo(saved)
    },
    close: reader.close,
  }
}
