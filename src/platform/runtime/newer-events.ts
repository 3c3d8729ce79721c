import type { Catalogue, RecordedEvent } from '#kernel'
import { wholeVersion, type EventReaders } from '../event-readers/port.ts'
import { NewerVersion } from '../newer-version.ts'
import type { Feed } from './feed.ts'

/** How a follower finds what a newer version of it has to take (docs/decisions/030). */
export type NewerEvents = {
  readonly catalogue: Pick<Catalogue, 'unreadable' | 'streamTold'>
  readonly readers: EventReaders
}

/**
 * Whether something failed of an event that another version of Agora can fold, or of a command that one takes, so that
 * it is left to that one. What is of another program is not waited for.
 */
export const isLeftToNewer = async (
  error: unknown,
  readers: Pick<EventReaders, 'readBy'>,
): Promise<boolean> =>
  error instanceof NewerVersion &&
  !error.isForeign &&
  (await readers.readBy(wholeVersion)).has(error.type)

/**
 * Reads what comes next for a follower that passes over no event which a newer version of it reads.
 * @param name of the follower, the same in all versions
 * @param types that this version reads
 * @returns the slice up to the first event that this version must not pass, and what is to be thrown then
 */
export const nextForAllVersions = (
  name: string,
  types: readonly string[],
  feed: Pick<Feed, 'next' | 'keeps'>,
  { catalogue, readers }: NewerEvents,
) => {
  const known = new Set(types)
  /** What newer versions read as well, as far as this one has heard. */
  let others: ReadonlySet<string> = new Set()

  const newerIn = (events: readonly RecordedEvent[]): RecordedEvent | undefined =>
    events.find(
      (event) =>
        (known.has(event.type) || others.has(event.type)) &&
        catalogue.unreadable(event) !== undefined,
    )

  return async (after: bigint, signal: AbortSignal) => {
    for (;;) {
      const slice = await feed.next(after, { signal, types: [...types, ...others] })
      const isFiltered = !feed.keeps(after)
      if (
        isFiltered ||
        slice.events.some(
          (event) => !known.has(event.type) && catalogue.unreadable(event) !== undefined,
        )
      ) {
        // Asked after reading: what a version records, it has declared before.
        const read = await readers.readBy(name)
        const heard = [...read].some((type) => !known.has(type) && !others.has(type))
        others = new Set([...read].filter((type) => !known.has(type)))
        if (heard && isFiltered) continue
      }
      const newer = newerIn(slice.events)
      if (!newer) return { slice }
      const events = slice.events.filter(({ position }) => position < newer.position)
      const { type, stream } = newer
      return {
        slice: { events, position: events.at(-1)?.position ?? after, caughtUp: false },
        newer: new NewerVersion(
          { type, stream: catalogue.streamTold(stream) },
          catalogue.unreadable(newer) ?? `${type} is left to a newer version`,
        ),
      }
    }
  }
}
