import { LogPage, type MaskedEvent } from './answers.ts'
import type { Client } from './client.ts'

/** Which events are wanted; all, where nothing is named. */
export type Wanted = {
  readonly categories?: readonly string[]
  readonly types?: readonly string[]
}

/** Events in the order of the log, and up to where it was looked through for them. */
export type Page = {
  readonly events: readonly MaskedEvent[]
  readonly position: bigint
  readonly caughtUp: boolean
}

/** The log, as a replay reads it: masked already. */
export type ReplaySource = AsyncDisposable & {
  /** Through a running Agora, or from where the log lies. */
  readonly way: 'http' | 'direct'
  /** The position of the last event; 0n when there is none. */
  readonly head: () => Promise<bigint>
  /** The events behind a position, at most `limit` (1,000 at the most). */
  readonly page: (after: bigint, limit: number, wanted?: Wanted) => Promise<Page>
}

/** The log of a running Agora, over HTTP. */
export const httpSource = ({ ask }: Client): ReplaySource => {
  const read = (after: bigint, limit: number, { categories, types }: Wanted = {}) => {
    const query = new URLSearchParams({
      cursor: String(after),
      limit: String(limit),
      ...(categories && { category: categories.join(',') }),
      ...(types && { type: types.join(',') }),
    })
    return ask(LogPage, 'GET', `/analytics/events?${query.toString()}`)
  }
  return {
    way: 'http',
    head: async () => BigInt((await read(0n, 1)).head),
    page: async (after, limit, wanted) => {
      const { events, nextCursor, caughtUp } = await read(after, limit, wanted)
      return { events, position: BigInt(nextCursor), caughtUp }
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}
