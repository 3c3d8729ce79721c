import { useQueryClient } from '@tanstack/react-query'
import { useLive } from '../api/use-live.ts'
import { earningsQuery } from './selling-queries.ts'

/** Reads the orders of the seller's gigs, and the earnings, again with each step of an order. */
export const useSoldLive = (): void => {
  const queries = useQueryClient()
  const again = (): void => {
    void queries.invalidateQueries({ queryKey: ['orders', 'sold'] })
    void queries.invalidateQueries(earningsQuery)
  }
  useLive('/orders', { 'order:status': again }, { onConnect: again })
}
