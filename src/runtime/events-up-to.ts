import type { RecordedEvent } from '#kernel'
import type { Feed } from './feed.ts'

/**
 * The events of some types between two positions: what a parked key has missed. Unlike a follower it has an end, and a
 * failure is the caller's.
 * @param options.after the position before the first event
 * @param options.to the position of the last event
 * @param options.archived `false` leaves out archived events
 * @throws the signal's reason, or what reading the log failed with
 */
export const eventsUpTo = async function* (
  feed: Pick<Feed, 'next'>,
  {
    after,
    to,
    types,
    archived,
    signal,
  }: {
    readonly after: bigint
    readonly to: bigint
    readonly types: readonly string[]
    readonly archived?: false | undefined
    readonly signal: AbortSignal
  },
): AsyncGenerator<RecordedEvent> {
  const wanted = new Set(types)
  for (let at = after; at < to;) {
    const slice = await feed.next(at, {
      signal,
      types,
      until: to,
      ...(archived === false && { archived }),
    })
    for (const event of slice.events)
      if (event.position <= to && wanted.has(event.type)) yield event
    at = slice.position
  }
}
