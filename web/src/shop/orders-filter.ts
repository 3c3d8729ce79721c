import type { OrderStatus } from './order-queries.ts'

/** Statuses that orders can be filtered by, in the order of an order's life. */
export const orderStatuses: readonly OrderStatus[] = [
  'PENDING',
  'STOCK_RESERVED',
  'PAID',
  'CONFIRMED',
  'IN_PROGRESS',
  'IN_REVISION',
  'SHIPPED',
  'DELIVERED',
  'COMPLETED',
  'CANCELLED',
  'REJECTED',
  'PARTLY_REFUNDED',
  'REFUNDED',
  'RETURNED',
]

/** Which orders are listed, as the address says. */
export type OrdersFilter = { readonly status?: OrderStatus }

/** Reads which orders are listed from an address; an unknown status is left out. */
export const ordersFilter = ({ status }: Readonly<Record<string, unknown>>): OrdersFilter => {
  const known = orderStatuses.find((one) => one === status)
  return known === undefined ? {} : { status: known }
}
