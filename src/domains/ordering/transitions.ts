import { Type, type Static } from 'typebox'

/** Where an order stands, from the checkout to its end. */
export const OrderStatus = Type.Enum([
  'PENDING',
  'STOCK_RESERVED',
  'PAID',
  'CONFIRMED',
  'SHIPPED',
  'DELIVERED',
  'COMPLETED',
  'CANCELLED',
  'REJECTED',
])
export type OrderStatus = Static<typeof OrderStatus>

/** Where each command takes an order. */
export const ends = {
  ConfirmStock: 'STOCK_RESERVED',
  MarkPaid: 'PAID',
  ConfirmOrder: 'CONFIRMED',
  RejectOrder: 'REJECTED',
  CancelOrder: 'CANCELLED',
  ShipOrder: 'SHIPPED',
  DeliverOrder: 'DELIVERED',
  CompleteOrder: 'COMPLETED',
} as const satisfies Record<string, OrderStatus>

/** A command that moves an order on. */
export type Move = keyof typeof ends

type Answer =
  /** The order moves. */
  | 'go'
  /** It moved there before: nothing is left to do. */
  | 'done'
  | 'NotPaid'
  | 'NotConfirmed'
  | 'NotShipped'
  | 'NotDelivered'
  | 'AlreadyPaid'
  | 'AlreadyConfirmed'
  | 'AlreadyCancelled'
  | 'AlreadyRejected'

const over = { CANCELLED: 'AlreadyCancelled', REJECTED: 'AlreadyRejected' } as const

/** What becomes of each command at each status. */
export const answerTo: Readonly<Record<Move, Readonly<Record<OrderStatus, Answer>>>> = {
  ConfirmStock: {
    PENDING: 'go',
    STOCK_RESERVED: 'done',
    PAID: 'done',
    CONFIRMED: 'done',
    SHIPPED: 'done',
    DELIVERED: 'done',
    COMPLETED: 'done',
    ...over,
  },
  // Money may be reported before the stock is: both are asked for at once.
  MarkPaid: {
    PENDING: 'go',
    STOCK_RESERVED: 'go',
    PAID: 'done',
    CONFIRMED: 'done',
    SHIPPED: 'done',
    DELIVERED: 'done',
    COMPLETED: 'done',
    ...over,
  },
  ConfirmOrder: {
    PENDING: 'NotPaid',
    STOCK_RESERVED: 'NotPaid',
    PAID: 'go',
    CONFIRMED: 'done',
    SHIPPED: 'done',
    DELIVERED: 'done',
    COMPLETED: 'done',
    ...over,
  },
  RejectOrder: {
    PENDING: 'go',
    STOCK_RESERVED: 'go',
    PAID: 'AlreadyPaid',
    CONFIRMED: 'AlreadyConfirmed',
    SHIPPED: 'AlreadyConfirmed',
    DELIVERED: 'AlreadyConfirmed',
    COMPLETED: 'AlreadyConfirmed',
    CANCELLED: 'AlreadyCancelled',
    REJECTED: 'done',
  },
  CancelOrder: {
    PENDING: 'go',
    STOCK_RESERVED: 'go',
    PAID: 'AlreadyPaid',
    CONFIRMED: 'AlreadyConfirmed',
    SHIPPED: 'AlreadyConfirmed',
    DELIVERED: 'AlreadyConfirmed',
    COMPLETED: 'AlreadyConfirmed',
    CANCELLED: 'done',
    REJECTED: 'AlreadyRejected',
  },
  ShipOrder: {
    PENDING: 'NotConfirmed',
    STOCK_RESERVED: 'NotConfirmed',
    PAID: 'NotConfirmed',
    CONFIRMED: 'go',
    SHIPPED: 'done',
    DELIVERED: 'done',
    COMPLETED: 'done',
    ...over,
  },
  DeliverOrder: {
    PENDING: 'NotConfirmed',
    STOCK_RESERVED: 'NotConfirmed',
    PAID: 'NotConfirmed',
    CONFIRMED: 'NotShipped',
    SHIPPED: 'go',
    DELIVERED: 'done',
    COMPLETED: 'done',
    ...over,
  },
  CompleteOrder: {
    PENDING: 'NotConfirmed',
    STOCK_RESERVED: 'NotConfirmed',
    PAID: 'NotConfirmed',
    CONFIRMED: 'NotShipped',
    SHIPPED: 'NotDelivered',
    DELIVERED: 'go',
    COMPLETED: 'done',
    ...over,
  },
}
