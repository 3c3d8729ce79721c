import { Type, type Static } from 'typebox'

/** Status of an order. */
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
 * Stage of an order's fulfilment. A partial refund changes the status but not the stage: the remaining pieces are shipped,
 * delivered and completed as before.
 */
export type Stage = Exclude<OrderStatus, 'PARTLY_REFUNDED'>

/** Whether a stage is the last one of an order in the usual course. */
export const isFinal = (stage: Stage): boolean =>
  ['COMPLETED', 'CANCELLED', 'REJECTED', 'REFUNDED', 'RETURNED'].includes(stage)

/** Stage that each command leads to. */
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

/** A command that changes the stage. */
export type Move = keyof typeof ends

type Answer =
  /** The command is accepted. */
  | 'go'
  /** The order has reached that stage before; the command has no effect. */
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

/** Fully refunded or returned orders are not shipped, delivered or cancelled. */
const undone = { REFUNDED: 'AlreadyRefunded', RETURNED: 'AlreadyReturned' } as const

/** Steps before a refund have been taken. */
const passed = { REFUNDED: 'done', RETURNED: 'done' } as const

/** Answer to each command at each stage. */
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
  // The payment may be reported before the reservations: a buyer may pay by hand.
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

type Request = 'RequestRefund' | 'RequestReturn'

/** Answer to requests of refunds and returns at each stage. */
export const mayAsk: Readonly<
  Record<Request, Readonly<Record<Stage, Exclude<Answer, 'done' | 'AlreadyPaid'>>>>
> = {
  // Until an order is confirmed, the saga `fulfilment` still handles its pieces: a refund has to wait.
  RequestRefund: {
    PENDING: 'NotPaid',
    STOCK_RESERVED: 'NotPaid',
    PAID: 'NotConfirmed',
    CONFIRMED: 'go',
    SHIPPED: 'go',
    DELIVERED: 'go',
    COMPLETED: 'go',
    ...over,
    // An amount may remain, for example after a failed refund.
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
