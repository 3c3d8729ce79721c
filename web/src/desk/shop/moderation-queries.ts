import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'

/** A post that was found. */
export type Post = DataOf<'/api/v1/search/posts', 'get'>['hits'][number]['document']

/** A review. */
export type Review = DataOf<'/api/v1/reviews/product/{productId}', 'get'>['reviews'][number]

/** Posts that have some words, page by page; the latest without words. */
export const foundPostsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['desk', 'moderation', 'posts', q],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/search/posts', {
          params: { query: { ...(q !== '' && { q }), ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Comments of a post, page by page. */
export const commentsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['desk', 'moderation', 'comments', id],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/posts/{id}/comments', {
          params: { path: { id }, query: { ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** Products and gigs by their name, or the product with an id. */
export const subjectsQuery = (q: string) =>
  queryOptions({
    queryKey: ['desk', 'moderation', 'subjects', q],
    queryFn: async () => {
      if (isId(q)) return [{ id: q.toLowerCase(), name: q, kind: 'product' as const }]
      const [products, gigs] = await Promise.all([
        read(api.GET('/api/v1/search/products', { params: { query: { q, limit: 5 } } })),
        read(api.GET('/api/v1/search/gigs', { params: { query: { q, limit: 5 } } })),
      ])
      return [
        ...products.hits.map(({ id, document: { name } }) => ({
          id,
          name,
          kind: 'product' as const,
        })),
        ...gigs.hits.map(({ id, document: { title } }) => ({
          id,
          name: title,
          kind: 'gig' as const,
        })),
      ]
    },
    enabled: q !== '',
  })

/** Reviews of a product or a gig, page by page. */
export const reviewsQuery = (kind: 'product' | 'gig', id: string) =>
  infiniteQueryOptions({
    queryKey: ['desk', 'moderation', 'reviews', kind, id],
    queryFn: ({ pageParam: cursor }) => {
      const query = { ...(cursor !== undefined && { cursor }) }
      return kind === 'product'
        ? read(
            api.GET('/api/v1/reviews/product/{productId}', {
              params: { path: { productId: id }, query },
            }),
          )
        : read(api.GET('/api/v1/reviews/gig/{gigId}', { params: { path: { gigId: id }, query } }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
