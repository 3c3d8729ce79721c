import { setTimeout as pause } from 'node:timers/promises'
import type { HttpDependencies } from '../dependencies.ts'

/** After a failure, the log is read on after so many ms. */
const again = 500

/** Knows up to where answers out of read models have to be true, to be as fresh as this process can tell. */
export type EventPositions = {
  /**
   * Where the last event of these types is in the log, as far as has been heard; at least where the log ended when this
   * process began to listen.
   */
  readonly since: (types: readonly string[]) => bigint
  readonly close: () => Promise<void>
}

/**
 * Follows the log from its present end and remembers the last event of each type: what was read before it may be
 * different now.
 * @param options.onError told of every failure it recovers from
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
        await pause(again, undefined, { signal }).catch(() => undefined)
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
