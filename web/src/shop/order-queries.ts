import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, type DataOf } from '../api/client.ts'

/** An order, as one of its parties reads it. */
export type Order = DataOf<'/api/v1/orders/{id}', 'get'>

/** Status of an order. */
export type OrderStatus = Order['status']

/** Events of an order, and moves of its sagas. */
export type OrderHistory = DataOf<'/api/v1/orders/{id}/history', 'get'>

/** A payment of an order. */
export type Payment = DataOf<'/api/v1/payments/order/{orderId}', 'get'>['payments'][number]

/** A shipment of an order. */
export type Shipment = DataOf<'/api/v1/shipping/order/{orderId}', 'get'>['shipments'][number]

/** Key of all queries about an order. */
export const orderKey = (id: string) => ['orders', 'one', id] as const

/** An order. */
export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: [...orderKey(id), 'order'],
    queryFn: () => read(api.GET('/api/v1/orders/{id}', { params: { path: { id } } })),
  })

/** What happened to an order. */
export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: [...orderKey(id), 'history'],
    queryFn: () => read(api.GET('/api/v1/orders/{id}/history', { params: { path: { id } } })),
  })

/** The payments of an order. */
export const paymentsQuery = (orderId: string) =>
  queryOptions({
    queryKey: [...orderKey(orderId), 'payments'],
    queryFn: () =>
      read(api.GET('/api/v1/payments/order/{orderId}', { params: { path: { orderId } } })),
  })

/** The shipments of an order. */
export const shipmentsQuery = (orderId: string) =>
  queryOptions({
    queryKey: [...orderKey(orderId), 'shipments'],
    queryFn: () =>
      read(api.GET('/api/v1/shipping/order/{orderId}', { params: { path: { orderId } } })),
  })

/** Number of orders on a page. */
const limit = 20

/** The signed-in user's orders, the latest first. @param status undefined: in any status */
export const ordersQuery = (status: OrderStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'list', status ?? 'all'],
    queryFn: ({ pageParam: cursor }) =>
      read(
        api.GET('/api/v1/orders', {
          params: {
            query: {
              as: 'buyer',
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
