import { followFeed } from '../../../runtime/follow-feed.ts'
import type { HttpDependencies } from '../dependencies.ts'

/** Tracks the newest position per event type; a response cached before it is stale. */
export type EventPositions = {
  /**
   * Returns the position of the last event of these types that this process has read; at least the head of the log at the
   * start of this process.
   */
  readonly since: (types: readonly string[]) => bigint
  readonly close: () => Promise<void>
}

/**
 * Follows the log from its present head and records the position of the last event of each type.
 * @param options.onError called with every failure that it recovers from
 */
export const followEventPositions = ({
  feed,
  onError,
}: {
  readonly feed: HttpDependencies['feed']
  readonly onError: (error: unknown) => void
}): EventPositions => {
  const start = feed.head()
  const last = new Map<string, bigint>()
  const stop = new AbortController()
  const running = followFeed(feed, start, {
    signal: stop.signal,
    take: ({ events }) => {
      for (const event of events) last.set(event.type, event.position)
    },
    onError,
  })

  return {
    since: (types) => {
      let latest = start
      for (const type of types) {
        const position = last.get(type)
        if (position !== undefined && position > latest) latest = position
      }
      return latest
    },
    close: async () => {
      stop.abort()
      await running
    },
  }
}
