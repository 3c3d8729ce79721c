import { useCallback, useEffect, useRef, useState } from 'react'
import { ask } from '../../api/sockets.ts'
import { useLive } from '../../api/use-live.ts'
import type { LiveSearch } from './live-search.ts'
import { noneReceived, withEvent, type Received } from './received-events.ts'

/**
 * Follows new events. After a pause or a broken connection, it continues behind the last one, so that none is missing.
 * @param search which events
 * @param isFollowing false during a pause
 */
export const useLiveTail = (
  { category, types }: LiveSearch,
  isFollowing: boolean,
): {
  readonly received: Received
  readonly error: unknown
  readonly clear: () => void
} => {
  const [received, setReceived] = useState(noneReceived)
  const [error, setError] = useState<unknown>()
  /** Where the subscription begins, also before the first event. */
  const position = useRef<string>(undefined)
  /** Subscriptions that have been left, whose last events may still arrive. */
  const left = useRef(new Set<string>())
  const subscribed = useRef<Promise<string | undefined>>(undefined)
  const key = JSON.stringify([category, types])
  useEffect(() => {
    position.current = undefined
    setReceived(noneReceived)
  }, [key])
  useLive(
    '/analytics',
    {
      'live:event': ({ subscriptionId, event }) => {
        if (left.current.has(subscriptionId)) return
        position.current = event.position
        setReceived((all) => withEvent(all, event))
      },
    },
    {
      key,
      enabled: isFollowing,
      onConnect: () => {
        const after = position.current
        subscribed.current = ask('/analytics', 'live:subscribe', {
          ...(category !== undefined && { category }),
          ...(types !== undefined && { types: types.split(',') }),
          ...(after !== undefined && { after }),
        }).then(
          ({ subscriptionId, position: begin }) => {
            position.current ??= begin
            setError(undefined)
            return subscriptionId
          },
          (failure: unknown) => {
            setError(failure)
            return undefined
          },
        )
      },
      onLeave: () => {
        void subscribed.current?.then((subscriptionId) => {
          if (subscriptionId === undefined) return
          left.current.add(subscriptionId)
          void ask('/analytics', 'live:unsubscribe', { subscriptionId }).catch(() => undefined)
        })
      },
    },
  )
  const clear = useCallback(() => setReceived((all) => ({ ...all, events: [], count: 0 })), [])
  return { received, error, clear }
}
