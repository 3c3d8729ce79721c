import type { Catalogue, RecordedEvent } from '#kernel'
import { wholeVersion, type EventReaders } from '../platform/storage/event-readers/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import type { Slice } from '../platform/storage/event-log/port.ts'
import type { FeedReader } from './feed-readers.ts'
import type { Feed } from './feed.ts'

/** How a follower finds events that only a newer version of it can process (docs/decisions/030). */
export type NewerEvents = {
  readonly catalogue: Pick<Catalogue, 'unreadable' | 'streamTold'>
  readonly readers: EventReaders
}

/**
 * Whether an error is due to an event or a command that a newer version of Agora can process, and is left to that one.
 * Events of other programs are not waited for.
 */
export const isLeftToNewer = async (
  error: unknown,
  readers: Pick<EventReaders, 'readBy'>,
): Promise<boolean> =>
  error instanceof NewerVersion &&
  !error.isForeign &&
  (await readers.readBy(wholeVersion)).has(error.type)

/**
 * Cuts a list of events off before the one that only a newer version can read.
 * @param position where the reader stands: the position to continue from when nothing comes before that event
 * @returns the events before it, the position up to which they reach, and the error to throw once they are processed
 */
export const upToNewer = (
  events: readonly RecordedEvent[],
  newer: RecordedEvent,
  position: bigint,
  catalogue: NewerEvents['catalogue'],
) => {
  const before = events.filter((event) => event.position < newer.position)
  const { type, stream } = newer
  return {
    events: before,
    position: before.at(-1)?.position ?? position,
    error: new NewerVersion(
      { type, stream: catalogue.streamTold(stream) },
      catalogue.unreadable(newer) ?? `${type} is left to a newer version`,
    ),
  }
}

/** The reader of one run of a follower. */
export type ReaderForAllVersions = Pick<FeedReader, 'position' | 'moveTo' | 'close'> & {
  /**
   * Returns the next slice; the position does not move.
   * @returns the slice up to the first event that this version must not pass, and the error to throw there
   * @throws the signal's reason, or what reading the log failed with
   */
  readonly next: (
    signal: AbortSignal,
  ) => Promise<{ readonly slice: Slice; readonly newer?: NewerVersion }>
}

/**
 * Opens a reader for a follower that passes over no event which a newer version of it reads. It is woken for events of
 * its own types, and for those that this version of Agora cannot read.
 * @param name of the follower, the same in all versions
 * @param types that this version reads
 * @param after the position to begin after
 */
export const readForAllVersions = (
  name: string,
  types: readonly string[],
  after: bigint,
  feed: Pick<Feed, 'read'>,
  { catalogue, readers }: NewerEvents,
): ReaderForAllVersions => {
  const known = new Set(types)
  /** Further types that newer versions read, as of the last look. */
  let others: ReadonlySet<string> = new Set()
  const { unreadable } = catalogue

  const open = (from: bigint) => feed.read(from, { types: [...types, ...others], also: unreadable })
  let reader = open(after)

  const newerIn = (events: readonly RecordedEvent[]): RecordedEvent | undefined =>
    events.find(
      (event) =>
        (known.has(event.type) || others.has(event.type)) && unreadable(event) !== undefined,
    )

  /** Loads the types that newer versions read. @returns whether there are further ones */
  const askOthers = async (): Promise<boolean> => {
    const read = await readers.readBy(name)
    const isMore = [...read].some((type) => !known.has(type) && !others.has(type))
    others = new Set([...read].filter((type) => !known.has(type)))
    if (isMore) {
      const at = reader.position()
      reader.close()
      reader = open(at)
    }
    return isMore
  }

  const next: ReaderForAllVersions['next'] = async (signal) => {
    for (;;) {
      const slice = await reader.next({ signal })
      // Loaded after reading: a version declares its types before it appends.
      if (
        slice.isFiltered ||
        slice.events.some((event) => !known.has(event.type) && unreadable(event) !== undefined)
      )
        if ((await askOthers()) && slice.isFiltered) continue
      const newer = newerIn(slice.events)
      if (!newer) return { slice }
      const { error, ...before } = upToNewer(slice.events, newer, reader.position(), catalogue)
      return { slice: { ...before, caughtUp: false }, newer: error }
    }
  }

  return {
    next,
    position: () => reader.position(),
    moveTo: (position) => reader.moveTo(position),
    close: () => reader.close(),
  }
}
