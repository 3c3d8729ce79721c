import { Type, type Static } from 'typebox'
import { Id, patternMessage } from '#kernel'

export { Address, RecordedAddress } from './address.ts'
export { maxAmount, Money, RecordedMoney } from './money.ts'
export { PaymentToken, RecordedToken } from './payment-token.ts'
export { Code, inOneLine, Name, Paragraphs, Reason, RecordedReason, Text, WebUrl } from './texts.ts'

/** Someone with an account. */
export const UserId = Id('UserId')
export type UserId = Static<typeof UserId>

/** One sign-in of a user. */
export const SessionId = Id('SessionId')
export type SessionId = Static<typeof SessionId>

/** Something on sale; its stock goes by the same id. */
export const ProductId = Id('ProductId')
export type ProductId = Static<typeof ProductId>

export const OrderId = Id('OrderId')
export type OrderId = Static<typeof OrderId>

export const PaymentId = Id('PaymentId')
export type PaymentId = Static<typeof PaymentId>

/** Money of one order that goes back, at once or in parts: each part has an id of its own. */
export const RefundId = Id('RefundId')
export type RefundId = Static<typeof RefundId>

/** Goods of one order that their buyer sends back. */
export const ReturnId = Id('ReturnId')
export type ReturnId = Static<typeof ReturnId>

export const NotificationId = Id('NotificationId')
export type NotificationId = Static<typeof NotificationId>

/** A file that somebody has sent in: a picture of themselves, for one. */
export const MediaId = Id('MediaId')
export type MediaId = Static<typeof MediaId>

/** What a user may do. */
export const Role = Type.Enum(['buyer', 'seller', 'analyst', 'admin'])
export type Role = Static<typeof Role>

/** A username: letters, digits, dots, underscores and dashes, and a letter or digit first. */
export const Username = patternMessage(
  'must be of letters (a to z), digits, dots, underscores and dashes, and begin with a letter or digit',
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', minLength: 2, maxLength: 64 }),
)

/** How many pieces somebody asks for. */
export const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 })
