import { categoryOf, type Declaration } from '#kernel'

/**
 * Returns the key of processes that carry an order: the order whose event it is, or the one that the event names.
 * @param orders the deciders of the orders
 * @returns a function that returns undefined for an event that names no order
 */
export const orderOf =
  (...orders: readonly Declaration[]) =>
  ({
    stream,
    id,
    data,
  }: {
    readonly stream: string
    readonly id: string
    readonly data: object
  }): string | undefined => {
    if (orders.some(({ name }) => name === categoryOf(stream))) return id
    return 'orderId' in data && typeof data.orderId === 'string' ? data.orderId : undefined
  }
