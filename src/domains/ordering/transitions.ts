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
  'REFUNDED',
  'PARTLY_REFUNDED',
  'RETURNED',
])
export type OrderStatus = Static<typeof OrderStatus>

/**
 * How far an order has come. A refund of a part changes its status and not its stage: what is left of it is shipped,
 * delivered and completed as before.
 */
export type Stage = Exclude<OrderStatus, 'PARTLY_REFUNDED'>

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
} as const satisfies Record<string, Stage>

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
  | 'AlreadyRefunded'
  | 'AlreadyReturned'

const over = { CANCELLED: 'AlreadyCancelled', REJECTED: 'AlreadyRejected' } as const

/** All the money or all the goods are back: nothing is shipped, delivered or called off any more. */
const undone = { REFUNDED: 'AlreadyRefunded', RETURNED: 'AlreadyReturned' } as const

/** The steps that come before a refund have been taken. */
const passed = { REFUNDED: 'done', RETURNED: 'done' } as const

/** What becomes of each command at each stage. */
export const answerTo: Readonly<Record<Move, Readonly<Record<Stage, Answer>>>> = {
  ConfirmStock: {
    PENDING: 'go',
    STOCK_RESERVED: 'done',
    PAID: 'done',
    CONFIRMED: 'done',
    SHIPPED: 'done',
    DELIVERED: 'done',
    COMPLETED: 'done',
    ...over,
    ...passed,
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
    ...passed,
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
    ...passed,
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
    ...undone,
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
    ...undone,
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
    ...undone,
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
    ...undone,
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
    ...undone,
  },
}

type Asked = 'RequestRefund' | 'RequestReturn'

/** Whether money or goods of an order can be asked back, at each stage. */
export const mayAsk: Readonly<
  Record<Asked, Readonly<Record<Stage, Exclude<Answer, 'done' | 'AlreadyPaid'>>>>
> = {
  // Until an order is confirmed, fulfilment still holds and moves its pieces: a refund waits for that.
  RequestRefund: {
    PENDING: 'NotPaid',
    STOCK_RESERVED: 'NotPaid',
    PAID: 'NotConfirmed',
    CONFIRMED: 'go',
    SHIPPED: 'go',
    DELIVERED: 'go',
    COMPLETED: 'go',
    ...over,
    // Something may be left: a refund that had failed, for one.
    REFUNDED: 'go',
    RETURNED: 'go',
  },
  RequestReturn: {
    PENDING: 'NotShipped',
    STOCK_RESERVED: 'NotShipped',
    PAID: 'NotShipped',
    CONFIRMED: 'NotShipped',
    SHIPPED: 'go',
    DELIVERED: 'go',
    COMPLETED: 'go',
    ...over,
    REFUNDED: 'AlreadyRefunded',
    RETURNED: 'AlreadyReturned',
  },
}
