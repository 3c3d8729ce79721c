import { useQueryClient } from '@tanstack/react-query'
import { noteWritten } from '../api/positions.ts'
import { useFallbackInterval, useLive } from '../api/use-live.ts'
import { orderReviewsQuery } from './order-queries.ts'

/**
 * Reads the reviews of an order again as the other side has written. Reviews are no steps of the order, so that its socket
 * says nothing of them; the reviewed person is notified.
 * @returns the interval in which to read them while sockets are offline, in ms
 */
export const useReviewsLive = (orderId: string): number | false => {
  const queries = useQueryClient()
  const again = (): void => void queries.invalidateQueries(orderReviewsQuery(orderId))
  useLive(
    '/notifications',
    {
      'notification:new': (news) => {
        if (news.orderId !== orderId) return
        // The review was recorded before its notification; another read model may be behind.
        noteWritten(news.position)
        again()
      },
    },
    { key: orderId, onConnect: again },
  )
  return useFallbackInterval()
}
