import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../api/client.ts'

/** Reviews of a product, with the sums of all ratings. */
export type ReviewsPage = DataOf<'/api/v1/reviews/product/{productId}', 'get'>

/** A review. */
export type Review = ReviewsPage['reviews'][number]

/** Orders of reviews. */
export const reviewSorts = ['-createdAt', 'createdAt'] as const

/** Number of reviews on a page. */
const limit = 10

/** Number of the user's own reviews on a page, among which that of a product is searched. */
const ownLimit = 100

/** Reviews of a product, page by page. */
export const reviewsQuery = (productId: string, sort: (typeof reviewSorts)[number]) =>
  infiniteQueryOptions({
    queryKey: ['reviews', 'product', productId, sort],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/reviews/product/{productId}', {
          params: {
            path: { productId },
            query: { limit, sort, ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** The signed-in user's own review of a product; null without one. */
export const ownReviewQuery = (productId: string) =>
  queryOptions({
    queryKey: ['reviews', 'own', productId],
    queryFn: async (): Promise<Review | null> => {
      for (let cursor: string | undefined; ;) {
        const query = { limit: ownLimit, ...(cursor !== undefined && { cursor }) }
        const page = await read(api.GET('/api/v1/reviews', { params: { query } }))
        const own = page.reviews.find(
          ({ subjectType, subjectId }) => subjectType === 'product' && subjectId === productId,
        )
        if (own) return own
        cursor = page.nextCursor
        if (cursor === undefined) return null
      }
    },
  })
