import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../api/client.ts'
import type { GigFilter } from './gig-filter.ts'

/** A gig with its seller, rating and numbers of orders. */
export type Gig = DataOf<'/api/v1/gigs/{id}', 'get'>

/** A package of a gig. */
export type GigPackage = Gig['packages'][number]

/** A review of a gig or of a party of an order. */
export type Review = DataOf<'/api/v1/reviews/gig/{gigId}', 'get'>['reviews'][number]

/** Number of gigs on a page. */
const limit = 24

/** Published gigs that match a filter, page by page. */
export const gigsQuery = (filter: GigFilter) =>
  infiniteQueryOptions({
    queryKey: ['gigs', 'list', filter],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/gigs', {
          params: { query: { limit, ...filter, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Categories of published gigs, with their numbers of gigs. */
export const gigCategoriesQuery = queryOptions({
  queryKey: ['gigs', 'categories'],
  queryFn: async () => {
    const query = { limit: 1 }
    const { facets } = await read(api.GET('/api/v1/search/gigs', { params: { query } }))
    return facets.category
  },
  staleTime: 60_000,
})

/** A gig; a draft is shown to its seller alone. */
export const gigQuery = (id: string) =>
  queryOptions({
    queryKey: ['gigs', 'one', id],
    queryFn: () => read(api.GET('/api/v1/gigs/{id}', { params: { path: { id } } })),
  })

/** The profile of a seller, with rating, number of orders and time to answer. */
export const sellerQuery = (id: string) =>
  queryOptions({
    queryKey: ['gigs', 'seller', id],
    queryFn: () => read(api.GET('/api/v1/users/{id}', { params: { path: { id } } })),
    staleTime: 30_000,
  })

/** Reviews of a gig, page by page. */
export const gigReviewsQuery = (gigId: string) =>
  infiniteQueryOptions({
    queryKey: ['gigs', 'reviews', gigId],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/reviews/gig/{gigId}', {
          params: {
            path: { gigId },
            query: { limit: 10, ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
