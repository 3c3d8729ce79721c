import { boundedCache } from '../platform/bounded-cache.ts'
import type { Catalogue, RecordedEvent } from '#kernel'
import type { DeadLetters, Follower } from '../platform/storage/dead-letters/port.ts'
import {
  DocumentRefused,
  PartMoved,
  type Advance,
  type Batch,
  type DocumentStore,
  type Generation,
} from '../platform/storage/documents/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import type { FeedReader } from './feed-readers.ts'
import type { Feed } from './feed.ts'
import { fold, keysOf, mostFanningOut } from './fold.ts'
import type { Following } from './traced-followers.ts'
import { stackOf } from '#kernel/error-message'

/**
 * The number of documents cached, so that the next batch need not load them. Fewer where they fan out: these may be large,
 * and what they fan out to is not loaded.
 */
const cachedDocuments = { most: 5_000, fanningOut: 200 }

/** Returns the error of a write that was refused: another process has moved the position. */
export const writtenByAnother = ({ projection, part }: Generation): Unavailable =>
  new (part ? PartMoved : Unavailable)(`${projection.name} is written by another process`)

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
   * @returns `cutAt`: the position of the last event that was folded, where not all were, to bound what is in memory
   */
  readonly fold: (
    events: readonly RecordedEvent[],
  ) => Promise<{ readonly changed: Changed; readonly cutAt?: bigint }>
  /** What is to be written for the position to move to `to`. */
  readonly batchTo: (changed: Changed, to: bigint) => Batch
  /** Moves the position after such a batch was written. */
  readonly wrote: (changed: Changed, to: bigint) => void
  /**
   * Writes what was folded last. A document that the store refuses is parked, its letter durable, and the others are
   * written.
   * @throws Unavailable as well when another process has moved the position
   */
  readonly write: (changed: Changed, to: bigint) => Promise<void>
  /** What is to be saved for the store to know the position; undefined when it does. */
  readonly unsaved: () => Advance | undefined
  /** Called when a position was saved. */
  readonly savedAt: (position: bigint) => void
  /** The position that a document has in its store, where it is ahead of the generation, as after a crash. */
  readonly aheadAt: (key: string) => Promise<bigint | undefined>
  /** Drops a document from the cache, as its store has another one. */
  readonly forget: (key: string) => void
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
    trace,
    taken,
  }: {
    readonly feed: Pick<Feed, 'read'>
    readonly documents: Pick<DocumentStore, 'position' | 'load' | 'loadToFold' | 'write'>
    readonly letters: Pick<DeadLetters, 'list' | 'park'>
    readonly catalogue: Pick<Catalogue, 'unreadable'>
    readonly onPending: () => void
    readonly onError: (error: unknown) => void
    /** Traces what is folded and written. Default: untraced. */
    readonly trace?: Following | undefined
    /** Called with the events of a batch once it is durable. Default: not called. */
    readonly taken?: ((events: readonly RecordedEvent[]) => void) | undefined
  },
): Promise<Folding> => {
  const { projection } = generation
  const reads = new Set(projection.reads)
  const cache = boundedCache<string, { document: unknown }>(
    projection.fanOut ? cachedDocuments.fanningOut : cachedDocuments.most,
  )
  const parked = new Set((await letters.list(follower)).map(({ key }) => key))
  let saved = await documents.position(generation)
  const { part } = generation
  const reader = feed.read(saved, {
    types: projection.reads,
    ...(part && projection.keyIn && { among: { ...projection.keyIn, ...part } }),
    ...(projection.archived === 'skip' && { archived: false }),
    onPending,
  })

  /**
   * The documents that events concern. Those in the cache are not asked for, nor those that cannot be there yet.
   * @param ahead is given the positions of those that have one: some are ahead of the generation where a process crashed, or
   *   lost its lease, between writing them and moving its position
   */
  const load = async (
    events: readonly RecordedEvent[],
    ahead: Map<string, bigint>,
  ): Promise<Map<string, unknown>> => {
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
      const known = cache.get(key)
      if (known) found.set(key, known.document)
      else if (!begun.has(key)) missing.push(key)
    }
    if (missing.length === 0) return found
    if (!documents.loadToFold) {
      const loaded = await documents.load(generation, missing)
      for (const key of missing) found.set(key, loaded.get(key))
      return found
    }
    const loaded = await documents.loadToFold(generation, missing)
    for (const key of missing) {
      const { document, position } = loaded.get(key) ?? {}
      found.set(key, document)
      if (position !== undefined) ahead.set(key, position)
    }
    return found
  }

  /** Before the position moves on: a letter without its batch does no harm, the other way round would. */
  const park = async (key: string, event: RecordedEvent, error: unknown): Promise<void> => {
    const { position, type } = event
    await letters.park(follower, { key, position, type, error: stackOf(error) })
    onError(error)
    parked.add(key)
  }

  type Last = {
    readonly events: readonly RecordedEvent[]
    readonly ahead: ReadonlyMap<string, bigint>
    /** Keys of the documents that were loaded for them. */
    readonly keys: ReadonlySet<string>
    /** Start of the folding, for its trace; undefined once it was traced, and where nothing is to be written. */
    readonly since?: number | undefined
    /** Whether there is something to write, and nothing of it was written yet. */
    readonly isNew?: boolean
  }
  const nothing: Last = { events: [], ahead: new Map(), keys: new Set() }
  /** What was folded last: its events, and the positions of documents that may be ahead of them. */
  let last = nothing

  /** Parks a document that the store refuses. @returns what is left to write */
  const parkRefused = async (changed: Changed, refused: DocumentRefused): Promise<Changed> => {
    const { key } = refused
    const event = last.events.find(
      (one) => one.position > (last.ahead.get(key) ?? 0n) && keysOf(projection, one).includes(key),
    )
    if (!event || !changed.has(key)) throw refused
    await park(key, event, refused)
    return new Map([...changed].filter(([one]) => one !== key))
  }

  const batchTo = (changed: Changed, to: bigint): Batch => ({
    from: saved,
    to,
    upserts: new Map([...changed].filter(([, document]) => document !== undefined)),
    deletes: [...changed.keys()].filter((key) => changed.get(key) === undefined),
  })

  const wrote = (changed: Changed, to: bigint): void => {
    saved = to
    const isFannedOut = (key: string): boolean =>
      projection.fanOut !== undefined && !last.keys.has(key) && !cache.has(key)
    for (const [key, document] of changed) if (!isFannedOut(key)) cache.set(key, { document })
    reader.moveTo(to)
    if (taken && last.isNew) taken(last.events.filter(({ position }) => position <= to))
    if (last.isNew) last = { ...last, isNew: false }
    if (trace && last.since !== undefined) {
      trace.done(last.events, last.since)
      last = { ...last, since: undefined }
    }
  }

  return {
    generation,
    reader,
    parked,
    saved: () => saved,
    cached: (key) => cache.get(key),
    newerIn: (events) =>
      events.find((event) => reads.has(event.type) && catalogue.unreadable(event) !== undefined),
    fold: async (events) => {
      const read = events.filter(
        (event) =>
          reads.has(event.type) && !(generation.part && keysOf(projection, event).length === 0),
      )
      const relevant = projection.fanOut ? read.slice(0, mostFanningOut) : read
      const isShort = relevant.length < read.length
      if (relevant.length === 0) {
        last = nothing
        return { changed: new Map() }
      }
      const ahead = new Map<string, bigint>()
      const since = trace?.now()
      const before = await load(relevant, ahead)
      const folded = fold(projection, relevant, before, parked, ahead)
      const { changed, failures } = folded
      const cutAt = folded.cutAt ?? (isShort ? relevant.at(-1)?.position : undefined)
      const keys = new Set(before.keys())
      // Without changes, the next write is another one, such as that of a retry: these events are none of its.
      last = { events: relevant, ahead, keys, ...(changed.size > 0 && { since, isNew: true }) }
      for (const { key, event, error } of failures) await park(key, event, error)
      return { changed, ...(cutAt !== undefined && { cutAt }) }
    },
    batchTo,
    wrote,
    write: async (changed, to) => {
      for (let left = changed; ;)
        try {
          if (!(await documents.write(generation, batchTo(left, to))))
            throw writtenByAnother(generation)
          return wrote(left, to)
        } catch (error) {
          if (!(error instanceof DocumentRefused)) throw error
          left = await parkRefused(left, error)
        }
    },
    unsaved: () => {
      const to = reader.position()
      return to === saved ? undefined : { generation, from: saved, to }
    },
    savedAt: (position) => {
      saved = position
    },
    aheadAt: async (key) => {
      const found = await documents.loadToFold?.(generation, [key])
      const position = found?.get(key)?.position
      return position !== undefined && position > reader.position() ? position : undefined
    },
    forget: (key) => void cache.delete(key),
    reload: async () => {
      cache.clear()
      last = nothing
      saved = await documents.position(generation)
      reader.moveTo(saved)
    },
    close: reader.close,
  }
}
