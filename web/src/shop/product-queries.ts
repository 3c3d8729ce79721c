import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../api/client.ts'
import type { ProductFilter } from './product-filter.ts'

/** A product on sale. */
export type Product = DataOf<'/api/v1/products/{id}', 'get'>

/** Number of products on a page; the address in `preloads` has it too. */
const limit = 24

/** Products that match a filter, page by page. */
export const productsQuery = (filter: ProductFilter) =>
  infiniteQueryOptions({
    queryKey: ['products', filter],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/products', {
          params: { query: { limit, ...filter, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** Categories with their numbers of products. */
export const categoriesQuery = queryOptions({
  queryKey: ['products', 'categories'],
  queryFn: () => read(api.GET('/api/v1/products/categories')),
  staleTime: 60_000,
})

/** A product, with its stock as the shop lists it. */
export const productQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', 'one', id],
    queryFn: () => read(api.GET('/api/v1/products/{id}', { params: { path: { id } } })),
  })
