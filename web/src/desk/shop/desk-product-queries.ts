import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type BodyOf, type DataOf } from '../../api/client.ts'

/** A product on sale. */
export type Product = DataOf<'/api/v1/products/{id}', 'get'>

/** Details of a product, as they are sent. */
export type ProductBody = BodyOf<'/api/v1/products', 'post'>

/** Products whose name or description has some words, page by page. */
export const deskProductsQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['products', 'desk', q],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/products', {
          params: {
            query: {
              limit: 50,
              ...(q !== '' && { q }),
              ...(cursor !== undefined && { cursor }),
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** A product. */
export const deskProductQuery = (id: string) =>
  queryOptions({
    queryKey: ['products', 'desk', 'one', id],
    queryFn: () => read(api.GET('/api/v1/products/{id}', { params: { path: { id } } })),
  })

/** The pieces of a product. */
export const stockQuery = (productId: string) =>
  queryOptions({
    queryKey: ['products', 'desk', 'stock', productId],
    queryFn: () =>
      read(api.GET('/api/v1/inventory/{productId}', { params: { path: { productId } } })),
  })
