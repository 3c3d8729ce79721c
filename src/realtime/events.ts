import type { Static } from 'typebox'
import { Fields, type DocumentOf } from '#kernel'
import type { OrderStatus } from '../domains/ordering/index.ts'
import { NotificationId, OrderId, ProductId } from '../domains/shared/index.ts'
import type { inventory, notifications, PaymentStatus } from '../projections/index.ts'

/** "No" to what a client asked for over a socket. */
export type Refused = {
  readonly ok: false
  /** The stable name of the reason, in snake_case. */
  readonly code: string
  /** What is wrong, and what to do about it. */
  readonly message: string
}

/** What a client's question is acknowledged with. */
export type Answer<Details extends object = object> = ({ readonly ok: true } & Details) | Refused

/**
 * Says no.
 * @param code stable, in snake_case
 * @param message what is wrong, and what to do about it
 */
export const refusal = (code: string, message: string): Refused => ({ ok: false, code, message })

/** Asks by a payload, and is acknowledged. */
type Ask<Payload, Details extends object = object> = (
  payload: Payload,
  ack: (answer: Answer<Details>) => void,
) => void

/** What a question is acknowledged with. */
export type AnswerTo<Question> = Question extends (
  payload: never,
  ack: (answer: infer Given) => void,
) => void
  ? Given
  : never

/** Tells a client something. */
type Tell<Payload> = (payload: Payload) => void

/** Up to where in the log a message is true: a query with `?minPosition=` of it shows what the message says. */
type At = { readonly position: string }

/** Names an order. */
export const OrderRef = Fields({ orderId: OrderId })
type OrderRef = Static<typeof OrderRef>

/** Names a product. */
export const ProductRef = Fields({ productId: ProductId })
type ProductRef = Static<typeof ProductRef>

/** Names a notification. */
export const NotificationRef = Fields({ id: NotificationId })
type NotificationRef = Static<typeof NotificationRef>

/** What clients of `/orders` may ask for. */
export type OrdersClient = {
  'order:subscribe': Ask<OrderRef, At & { readonly status: OrderStatus }>
  'order:unsubscribe': Ask<OrderRef>
}

/** What clients of `/orders` are told. */
export type OrdersServer = {
  /** Where an order stands now; some of the steps on the way may be passed over. */
  'order:status': Tell<
    OrderRef & At & { readonly status: OrderStatus; readonly reason?: string | undefined }
  >
  /** One move of the saga that carries the order through. `at` is ISO 8601 in UTC. */
  'order:saga-step': Tell<OrderRef & At & { readonly step: string; readonly at: string }>
  'payment:status': Tell<
    OrderRef & At & { readonly paymentId: string; readonly status: PaymentStatus }
  >
}

/** What clients of `/notifications` may ask for. */
export type NotificationsClient = {
  'notification:read': Ask<NotificationRef, At>
}

/** What clients of `/notifications` are told: of their own only. */
export type NotificationsServer = {
  'notification:new': Tell<DocumentOf<typeof notifications> & At>
  /** How many are unread; told on connection too. */
  'notification:unread-count': Tell<At & { readonly count: number }>
}

type Stock = Pick<DocumentOf<typeof inventory>, 'quantity' | 'reserved' | 'available'>

/** What clients of `/inventory` may ask for. */
export type InventoryClient = {
  'product:subscribe': Ask<ProductRef, At & Stock>
  'product:unsubscribe': Ask<ProductRef>
}

/** What clients of `/inventory` are told. */
export type InventoryServer = {
  'stock:changed': Tell<ProductRef & At & Stock>
}
