import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, read } from '../api/client.ts'
import type { GigOrderStatus } from '../gigs/gig-order-status.ts'

/** Number of entries of a page. */
const limit = 20

/** Orders of the seller's gigs with a status, the latest first; all without one. */
export const soldQuery = (status?: GigOrderStatus) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'sold', status ?? ''],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/orders', {
          params: {
            query: {
              as: 'seller',
              limit,
              ...(status !== undefined && { status }),
              ...(cursor !== undefined && { cursor }),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** All gigs of a seller, drafts as well. */
export const myGigsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['gigs', 'mine', id],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/users/{id}/gigs', {
          params: {
            path: { id },
            query: { limit, ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Earnings of the seller by month and currency, the latest first. */
export const earningsQuery = infiniteQueryOptions({
  queryKey: ['earnings'],
  queryFn: ({ pageParam: cursor }) =>
    read(
      api.GET('/api/v1/users/me/earnings', {
        params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ nextCursor }) => nextCursor,
})
