import type { RecordedEvent } from '#kernel'
import type { Direction, EventLog, Filter } from './port.ts'
import type { Span } from './range-search.ts'

/** Events of a part of the log, in the requested direction. */
export type Page = {
  readonly events: readonly RecordedEvent[]
  /** Cursor of the next page. */
  readonly cursor: bigint
  /** Whether this was the last page at the time. */
  readonly done: boolean
}

/** The edges of a span that was found by time have events outside of it. Events that are read at a time to skip them. */
const skippedAtOnce = 1_000

/** Number of such reads before an empty page is returned. */
const rounds = 10

/**
 * Reads a page of a part of the log. It may be empty although there are more events.
 * @param options.cursor `cursor` of the page before: the position of an event, or 0n
 * @throws Unavailable when the log cannot be reached
 */
export const pageOf = async (
  log: Pick<EventLog, 'readAll'>,
  { after, before, holds }: Span,
  {
    cursor,
    limit,
    direction = 'forwards',
    filter = {},
  }: {
    readonly cursor?: bigint | undefined
    readonly limit: number
    readonly direction?: Direction | undefined
    readonly filter?: Filter
  },
): Promise<Page> => {
  const forwards = direction === 'forwards'
  const first = forwards
    ? (cursor ?? 0n) > after
      ? (cursor ?? 0n)
      : after
    : cursor !== undefined && (before === undefined || cursor < before)
      ? cursor
      : before
  let place = first
  for (let round = 1; ; round += 1) {
    // No event is before position 0; a log need not support a read from there.
    if (!forwards && place === 0n) return { events: [], cursor: 0n, done: true }
    const slice = await log.readAll({
      ...filter,
      direction,
      limit: round === 1 ? limit : Math.max(limit, skippedAtOnce),
      ...(place !== undefined && { after: place }),
    })
    const events = slice.events.filter(
      (event) =>
        event.position > after && (before === undefined || event.position < before) && holds(event),
    )
    const isOver = forwards
      ? before !== undefined && slice.position >= before
      : slice.position <= after
    const done = slice.caughtUp || isOver
    const last = events[limit - 1]
    if (last && events.length > limit)
      return { events: events.slice(0, limit), cursor: last.position, done: false }
    if (events.length > 0 || done || round === rounds)
      return { events, cursor: slice.position, done }
    place = slice.position
  }
}
