import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'
import { isNotFound } from '../../api/problem.ts'
import type { PeopleFilter } from './people-filter.ts'

/** An account, as admins see it. */
export type Account = DataOf<'/api/v1/admin/users/{id}', 'get'>

/** The receipt of an erasure. */
export type Receipt = DataOf<'/api/v1/admin/users/{user}/forget', 'get'>

/** How an account is called: by its name, else its username, its address or its id. */
export const nameOf = ({ name, username, email, id }: Account): string =>
  name ?? username ?? email ?? id

/** Accounts that match a filter, page by page. */
export const accountsQuery = (filter: PeopleFilter) =>
  infiniteQueryOptions({
    queryKey: ['desk', 'people', filter],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/admin/users', {
          params: { query: { ...filter, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** An account. */
export const accountQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk', 'people', 'one', id],
    queryFn: () => read(api.GET('/api/v1/admin/users/{id}', { params: { path: { id } } })),
  })

/** Interval in which an erasure that goes on is looked at, in ms. */
const erasureMs = 1_000

/** The erasure of a person who has left; null for an account that was closed otherwise, such as a failed registration's. */
export const receiptQuery = (user: string) =>
  queryOptions({
    queryKey: ['desk', 'people', 'forget', user],
    queryFn: async () => {
      const reading = read(
        api.GET('/api/v1/admin/users/{user}/forget', { params: { path: { user } } }),
      )
      try {
        return await reading
      } catch (error) {
        if (isNotFound(error)) return null
        throw error
      }
    },
    refetchInterval: ({ state: { data } }) => (data?.status === 'pending' ? erasureMs : false),
  })

/** The open sessions of a person. */
export const sessionsOfQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk', 'people', 'sessions', id],
    queryFn: () =>
      read(
        api.GET('/api/v1/admin/users/{id}/sessions', {
          params: { path: { id }, query: { limit: 100, sort: '-createdAt' } },
        }),
      ),
  })

/** The latest orders of a person. */
export const ordersOfQuery = (id: string) =>
  queryOptions({
    queryKey: ['desk', 'people', 'orders', id],
    queryFn: () => read(api.GET('/api/v1/users/{id}/orders', { params: { path: { id } } })),
  })
