import type { Order, OrderHistory, OrderStatus } from './order-queries.ts'

/** Stages of an order of products, in their order. */
const stages = ['PENDING', 'STOCK_RESERVED', 'PAID', 'CONFIRMED', 'SHIPPED', 'DELIVERED'] as const

/** A stage of an order of products. */
export type Stage = (typeof stages)[number]

/** How far an order is with a stage. */
export type Standing = 'done' | 'now' | 'next' | 'failed' | 'never'

const eventOf: Readonly<Record<Stage, string>> = {
  PENDING: 'OrderPlaced',
  STOCK_RESERVED: 'OrderStockConfirmed',
  PAID: 'OrderPaid',
  CONFIRMED: 'OrderConfirmed',
  SHIPPED: 'OrderShipped',
  DELIVERED: 'OrderDelivered',
}

/** Statuses in which an order ends early. */
const failures: readonly OrderStatus[] = ['REJECTED', 'CANCELLED']

/** Statuses after which nothing follows by itself. */
const ends: readonly OrderStatus[] = [...failures, 'COMPLETED', 'REFUNDED', 'RETURNED']

/**
 * Returns the stages of an order with what is known of each: when it was reached, whether it comes next, or that the order
 * ended before. The status may be ahead of the history, as it arrives first.
 */
export const stagesOf = (
  { status, createdAt }: Pick<Order, 'status' | 'createdAt'>,
  { events }: Pick<OrderHistory, 'events'>,
): readonly { readonly stage: Stage; readonly standing: Standing; readonly at?: string }[] => {
  const known = stages.findIndex((stage) => stage === status)
  const reached = (stage: Stage, nth: number): boolean =>
    nth <= known || status === 'COMPLETED' || events.some(({ type }) => type === eventOf[stage])
  const isOver = ends.includes(status)
  // An order may be marked as delivered without having been shipped.
  const last = stages.findLastIndex(reached)
  return stages.map((stage, nth) => {
    const at =
      events.find(({ type }) => type === eventOf[stage])?.at ??
      (stage === 'PENDING' ? createdAt : undefined)
    const since = at !== undefined && { at }
    if (nth <= last || stage === 'PENDING') return { stage, standing: 'done', ...since }
    if (isOver)
      return { stage, standing: failures.includes(status) && nth === last + 1 ? 'failed' : 'never' }
    return { stage, standing: nth === last + 1 ? 'now' : 'next' }
  })
}

/** Whether an order can still be cancelled by its buyer. */
export const isCancellable = (status: OrderStatus): boolean =>
  status === 'PENDING' || status === 'STOCK_RESERVED'

/** Whether products of an order can be ordered again, as it ended without them. */
export const isRepeatable = (status: OrderStatus): boolean => failures.includes(status)

const kept: readonly OrderStatus[] = [
  'CONFIRMED',
  'SHIPPED',
  'DELIVERED',
  'COMPLETED',
  'PARTLY_REFUNDED',
]

/** Whether the products of an order can be reviewed as bought. */
export const isReviewable = (status: OrderStatus): boolean => kept.includes(status)

/**
 * Returns the pieces of each line that can be sent back: not refunded, and in no other return.
 * @param hasShipped whether the order is on its way, or has been
 */
export const returnableOf = (
  { items, refunds = [], returns = [] }: Pick<Order, 'items' | 'refunds' | 'returns'>,
  hasShipped: boolean,
): readonly number[] => {
  const gone = [
    ...refunds.filter(({ status, returnId }) => status !== 'FAILED' && returnId === undefined),
    ...returns.filter(({ status }) => status !== 'DECLINED'),
  ].flatMap(({ lines }) => lines)
  return items.map(({ quantity }, nth) =>
    hasShipped
      ? gone
          .filter(({ line }) => line === nth)
          .reduce((left, portion) => left - portion.quantity, quantity)
      : 0,
  )
}
