import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../../api/client.ts'
import type { PaymentFilter } from './payment-filter.ts'

/** A payment. */
export type Payment = DataOf<'/api/v1/payments/{id}', 'get'>

type Page = { readonly payments: readonly Payment[]; readonly nextCursor?: string }

const pageOf = async ({ order, status }: PaymentFilter, cursor?: string): Promise<Page> => {
  if (order === undefined)
    return read(
      api.GET('/api/v1/payments', {
        params: { query: { ...(status && { status }), ...(cursor !== undefined && { cursor }) } },
      }),
    )
  const { payments } = await read(
    api.GET('/api/v1/payments/order/{orderId}', { params: { path: { orderId: order } } }),
  )
  return { payments: payments.filter((one) => status === undefined || one.status === status) }
}

/** Payments in a status, or of an order, page by page. */
export const paymentsQuery = (filter: PaymentFilter) =>
  infiniteQueryOptions({
    queryKey: ['desk', 'payments', filter],
    queryFn: ({ pageParam }) => pageOf(filter, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
