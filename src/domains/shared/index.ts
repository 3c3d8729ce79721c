import { Type, type Static } from 'typebox'
import { Id, patternMessage } from '#kernel'

export { Address, RecordedAddress } from './address.ts'
export { maxAmount, Money, Price, RecordedMoney } from './money.ts'
export { PaymentToken, RecordedToken } from './payment-token.ts'
export { Code, inOneLine, Name, Paragraphs, Reason, RecordedReason, Text, WebUrl } from './texts.ts'

/** Id of a user: of an account and its profile. */
export const UserId = Id('UserId')
export type UserId = Static<typeof UserId>

/** Id of one sign-in of a user. */
export const SessionId = Id('SessionId')
export type SessionId = Static<typeof SessionId>

/** Id of a product, and of its stock. */
export const ProductId = Id('ProductId')
export type ProductId = Static<typeof ProductId>

/** Id of a gig: a service that a seller offers. */
export const GigId = Id('GigId')
export type GigId = Static<typeof GigId>

/** Id of a post. */
export const PostId = Id('PostId')
export type PostId = Static<typeof PostId>

export const OrderId = Id('OrderId')
export type OrderId = Static<typeof OrderId>

export const PaymentId = Id('PaymentId')
export type PaymentId = Static<typeof PaymentId>

/** Id of a refund; partial refunds of one order have an id each. */
export const RefundId = Id('RefundId')
export type RefundId = Static<typeof RefundId>

/** Id of a return: goods of one order that their buyer sends back. */
export const ReturnId = Id('ReturnId')
export type ReturnId = Static<typeof ReturnId>

/** Id of a shipment: the parcel of an order. */
export const ShipmentId = Id('ShipmentId')
export type ShipmentId = Static<typeof ShipmentId>

export const NotificationId = Id('NotificationId')
export type NotificationId = Static<typeof NotificationId>

/** Id of an uploaded file, such as a user's picture. */
export const MediaId = Id('MediaId')
export type MediaId = Static<typeof MediaId>

/** Role of a user. */
export const Role = Type.Enum(['buyer', 'seller', 'analyst', 'admin'])
export type Role = Static<typeof Role>

/** A username: letters, digits, dots, underscores and dashes, and a letter or digit first. */
export const Username = patternMessage(
  'must be of letters (a to z), digits, dots, underscores and dashes, and begin with a letter or digit',
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', minLength: 2, maxLength: 64 }),
)

/** Number of ordered pieces. */
export const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 })
