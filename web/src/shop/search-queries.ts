import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../api/client.ts'
import type { SearchQuestion } from './search-question.ts'

type Found<Type extends 'products' | 'gigs' | 'users' | 'posts' | 'orders'> = DataOf<
  `/api/v1/search/${Type}`,
  'get'
>

/** Found products, with their facets. */
export type FoundProducts = Found<'products'>

/** Found words in a field: offsets in UTF-16 code units. */
export type Highlights = FoundProducts['hits'][number]['highlights']

/** What is found of each type. */
export type Hits = {
  readonly products: FoundProducts['hits'][number]
  readonly gigs: Found<'gigs'>['hits'][number]
  readonly users: Found<'users'>['hits'][number]
  readonly posts: Found<'posts'>['hits'][number]
  readonly orders: Found<'orders'>['hits'][number]
}

type Page = { readonly nextCursor?: string }

const pages = <P extends Page>(
  key: readonly unknown[],
  fetchPage: (cursor: { readonly cursor?: string }) => Promise<P>,
) =>
  infiniteQueryOptions({
    queryKey: ['search', ...key],
    queryFn: ({ pageParam }) => fetchPage(pageParam === undefined ? {} : { cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Products that match a question and its filters. @param limit of a page */
export const foundProductsQuery = (question: SearchQuestion, limit: number) => {
  const { type: _, ...asked } = question
  return pages(['products', asked, limit], (cursor) =>
    read(api.GET('/api/v1/search/products', { params: { query: { ...asked, limit, ...cursor } } })),
  )
}

/** Gigs that match a text. @param limit of a page */
export const foundGigsQuery = (q: string, limit: number) =>
  pages(['gigs', q, limit], (cursor) =>
    read(api.GET('/api/v1/search/gigs', { params: { query: { q, limit, ...cursor } } })),
  )

/** Users that match a text. @param limit of a page */
export const foundUsersQuery = (q: string, limit: number) =>
  pages(['users', q, limit], (cursor) =>
    read(api.GET('/api/v1/search/users', { params: { query: { q, limit, ...cursor } } })),
  )

/** Posts that match a text. @param limit of a page */
export const foundPostsQuery = (q: string, limit: number) =>
  pages(['posts', q, limit], (cursor) =>
    read(api.GET('/api/v1/search/posts', { params: { query: { q, limit, ...cursor } } })),
  )

/** The user's orders that match a text. @param limit of a page */
export const foundOrdersQuery = (q: string, limit: number) =>
  pages(['orders', q, limit], (cursor) =>
    read(api.GET('/api/v1/search/orders', { params: { query: { q, limit, ...cursor } } })),
  )

/** A suggestion for a search. */
export type Suggestion = DataOf<'/api/v1/search/suggest', 'get'>['suggestions'][number]

/** Suggestions while a search is typed. */
export const suggestionsQuery = (q: string) =>
  queryOptions({
    queryKey: ['search', 'suggest', q],
    queryFn: () => read(api.GET('/api/v1/search/suggest', { params: { query: { q } } })),
    staleTime: 30_000,
    retry: false,
  })
