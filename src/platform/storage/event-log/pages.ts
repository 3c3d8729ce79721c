import type { RecordedEvent } from '#kernel'
import type { Direction, EventLog, Filter } from './port.ts'
import type { Span } from './range-search.ts'

/** Events of a part of the log, in the order asked for. */
export type Page = {
  readonly events: readonly RecordedEvent[]
  /** Where the next page begins. */
  readonly cursor: bigint
  /** Whether there was nothing more at the time. */
  readonly done: boolean
}

/** The edges of a span that was found by time hold events that are not wanted: so many are passed over at once, … */
const passedOver = 1_000

/** … and so many times, before whoever asks gets an empty page and may ask again. */
const rounds = 10

/**
 * A page of a part of the log. It may be empty although there is more.
 * @param options.cursor where the page before ended: the position of an event, or 0n
 * @throws Unavailable when the log is away
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
    // Nothing is before that; a log need not know what it means to read from there.
    if (!forwards && place === 0n) return { events: [], cursor: 0n, done: true }
    const slice = await log.readAll({
      ...filter,
      direction,
      limit: round === 1 ? limit : Math.max(limit, passedOver),
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
