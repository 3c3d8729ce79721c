import type { LogEvent } from './event-queries.ts'

/** Most events that a list of arriving ones shows. */
export const mostShown = 200

/** Events that have arrived. */
export type Received = {
  /** The newest ones, the last one first. */
  readonly events: readonly LogEvent[]
  /** Number of all that have arrived. */
  readonly count: number
  /** Position of the last one. */
  readonly position: string | undefined
}

/** No event has arrived. */
export const noneReceived: Received = { events: [], count: 0, position: undefined }

/** Returns the events with one more; one that is not after the last, as sent twice after a reconnection, is left out. */
export const withEvent = (
  { events, count, position }: Received,
  event: LogEvent,
  most = mostShown,
): Received =>
  position !== undefined && BigInt(event.position) <= BigInt(position)
    ? { events, count, position }
    : {
        events: [event, ...events.slice(0, most - 1)],
        count: count + 1,
        position: event.position,
      }
