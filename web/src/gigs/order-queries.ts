import { queryOptions } from '@tanstack/react-query'
import { api, read } from '../api/client.ts'

/** Reviews of an order by both sides; the other side's are left out while they are sealed. */
export const orderReviewsQuery = (orderId: string) =>
  queryOptions({
    queryKey: ['orders', 'one', orderId, 'reviews'],
    queryFn: () =>
      read(api.GET('/api/v1/reviews/order/{orderId}', { params: { path: { orderId } } })),
  })

/** The events of an order, and the moves of its sagas. */
export const orderHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'one', id, 'history'],
    queryFn: () => read(api.GET('/api/v1/orders/{id}/history', { params: { path: { id } } })),
  })

/** What is known of a file. */
export const fileQuery = (id: string) =>
  queryOptions({
    queryKey: ['media', id],
    queryFn: () => read(api.GET('/api/v1/media/{id}', { params: { path: { id } } })),
    staleTime: 60_000,
  })
