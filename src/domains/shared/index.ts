import { Type, type Static } from 'typebox'
import { Fields, Id, money, personal } from '#kernel'

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

/** A username: letters, digits, dots, underscores and dashes, and a letter or digit first. */
export const Username = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$',
  minLength: 2,
  maxLength: 64,
})

/**
 * A text of people's making. It takes every character except those that no store can keep: U+0000 and halves of pairs.
 * @param minLength in characters
 * @param maxLength in characters
 */
export const Text = (minLength: number, maxLength: number) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000\\ud800-\\udfff]*$' })

/** What only changes how the text around it is read: in a name, it deceives. */
const turning = '\\u202a-\\u202e\\u2066-\\u2069'

/** What nobody sees: spaces, marks without a sign, letters that are blank. */
const unseen = '\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}\\u115f\\u1160\\u2800\\u3164\\uffa0'

/** Shows something; `but`: which characters are none of it. */
const showing = (but: string) => `^(?=[^]*[^${unseen}])[^${but}\\p{Cs}${turning}]*$`

/**
 * What somebody or something is called: one line that shows something, and reads as it is written.
 * @param minLength in characters
 * @param maxLength in characters
 */
export const Name = (minLength: number, maxLength: number) =>
  Type.String({ minLength, maxLength, pattern: showing('\\p{Cc}\\u2028\\u2029') })

/** As a name, on any number of lines. @param minLength in characters @param maxLength in characters */
export const Paragraphs = (minLength: number, maxLength: number) =>
  Type.String({
    minLength,
    maxLength,
    pattern: showing('\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f'),
  })

/** The most that one sum of money may be, in minor units: what `numeric(12,2)` holds. */
export const maxAmount = 999_999_999_999

/** Money in minor units, so that sums are exact: 1999 EUR is nineteen euros and ninety-nine cents. */
export const Money = money(
  Fields(
    {
      amount: Type.Integer({ minimum: 0, maximum: maxAmount }),
      currency: Type.String({ pattern: '^[A-Z]{3}$' }),
    },
    { description: 'Amount in minor units, and the currency (ISO 4217).' },
  ),
)
export type Money = Static<typeof Money>

/** How many pieces somebody asks for. */
export const Quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 })

/** Where a parcel goes. */
export const Address = Fields({
  name: Type.Optional(personal(Text(1, 255))),
  line1: personal(Text(1, 255)),
  line2: Type.Optional(personal(Text(1, 255))),
  city: personal(Text(1, 255)),
  postalCode: personal(Text(1, 20)),
  /** ISO 3166-1 alpha-2 */
  country: Type.String({ pattern: '^[A-Z]{2}$' }),
})
export type Address = Static<typeof Address>

/** Why somebody did something, in their words or by a short name. */
export const Reason = Text(1, 500)
