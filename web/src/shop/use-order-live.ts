import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { noteWritten } from '../api/positions.ts'
import { ask } from '../api/sockets.ts'
import { useLive } from '../api/use-live.ts'
import { orderKey, orderQuery, type Order } from './order-queries.ts'

/** Least time between two reads of what messages announce, in ms: a saga moves many times a second. */
const pauseMs = 200

/** Calls a function at once and then no more often than in an interval; the last call is never lost. */
const throttled = (call: () => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isDue = false
  const run = (): void => {
    call()
    timer = setTimeout(() => {
      timer = undefined
      if (isDue) {
        isDue = false
        run()
      }
    }, pauseMs)
  }
  return {
    ask: (): void => {
      if (timer === undefined) run()
      else isDue = true
    },
    end: (): void => {
      clearTimeout(timer)
      timer = undefined
      isDue = false
    },
  }
}

/** Follows an order while its page is shown: what is read of it changes with each message, also after a lost connection. */
export const useOrderLive = (id: string): void => {
  const queries = useQueryClient()
  const last = useRef<string>(undefined)
  const refresh = useMemo(
    () => throttled(() => void queries.invalidateQueries({ queryKey: orderKey(id) })),
    [queries, id],
  )
  useEffect(() => refresh.end, [refresh])
  const heard = ({ orderId, position }: { orderId: string; position: string }): boolean => {
    if (orderId !== id) return false
    if (last.current === undefined || BigInt(position) > BigInt(last.current))
      last.current = position
    // An answer that was cached before what is announced would be shown for good.
    noteWritten(position)
    refresh.ask()
    return true
  }
  const show = (changes: Pick<Order, 'status' | 'reason' | 'refunded'>): void => {
    queries.setQueryData(orderQuery(id).queryKey, (order) => order && { ...order, ...changes })
  }
  useLive(
    '/orders',
    {
      'order:status': (message) => {
        const { status, reason, refunded } = message
        if (heard(message))
          show({ status, ...(reason && { reason }), ...(refunded && { refunded }) })
      },
      'order:saga-step': heard,
      'payment:status': heard,
      'shipment:status': heard,
    },
    {
      key: id,
      onConnect: () =>
        void ask('/orders', 'order:subscribe', {
          orderId: id,
          ...(last.current !== undefined && { afterPosition: last.current }),
        }).then(
          ({ position }) => void heard({ orderId: id, position }),
          // A party of the order receives its messages without a subscription.
          refresh.ask,
        ),
      onLeave: () =>
        void ask('/orders', 'order:unsubscribe', { orderId: id }).catch(() => undefined),
    },
  )
}
