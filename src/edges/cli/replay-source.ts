import { LogPage, type MaskedEvent } from './answers.ts'
import type { Client } from './client.ts'

/** Filter by categories and types; all events where neither is given. */
export type EventFilter = {
  readonly categories?: readonly string[]
  readonly types?: readonly string[]
}

/** Page of matching events in log order, with the position up to which the log has been read. */
export type Page = {
  readonly events: readonly MaskedEvent[]
  readonly position: bigint
  readonly caughtUp: boolean
}

/** A log of masked events, for replays. */
export type ReplaySource = AsyncDisposable & {
  /** Read through a running Agora, or directly. */
  readonly via: 'http' | 'direct'
  /** Position of the last event; 0n when there is none. */
  readonly head: () => Promise<bigint>
  /** Reads the events after a position, at most `limit` (up to 1,000). */
  readonly page: (after: bigint, limit: number, wanted?: EventFilter) => Promise<Page>
}

/** Creates a source that reads the log of a running Agora over HTTP. */
export const httpSource = ({ call }: Client): ReplaySource => {
  const read = (after: bigint, limit: number, { categories, types }: EventFilter = {}) => {
    const query = new URLSearchParams({
      cursor: String(after),
      limit: String(limit),
      ...(categories && { category: categories.join(',') }),
      ...(types && { type: types.join(',') }),
    })
    return call(LogPage, 'GET', `/analytics/events?${query.toString()}`)
  }
  return {
    via: 'http',
    head: async () => BigInt((await read(0n, 1)).head),
    page: async (after, limit, wanted) => {
      const { events, nextCursor, caughtUp } = await read(after, limit, wanted)
      return { events, position: BigInt(nextCursor), caughtUp }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
