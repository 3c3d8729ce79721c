import { setTimeout as pause } from 'node:timers/promises'
import type { HttpDependencies } from '../dependencies.ts'

/** Pause before the log is read again after a failure, in ms. */
const retryMs = 500

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
  const { signal } = stop

  const run = async (): Promise<void> => {
    let position = start
    while (!signal.aborted)
      try {
        const slice = await feed.next(position, { signal })
        for (const event of slice.events) last.set(event.type, event.position)
        ;({ position } = slice)
      } catch (error) {
        if (signal.aborted) return
        onError(error)
        await pause(retryMs, undefined, { signal }).catch(() => undefined)
      }
  }
  const running = run()

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
