import { Type, type Static } from 'typebox'
import { currencies, Fields, money, patternMessage } from '#kernel'

/** Greatest amount of money, in minor units: the greatest value of `numeric(12,2)`. */
export const maxAmount = 999_999_999_999

const amount = Type.Integer({ minimum: 0, maximum: maxAmount })
const isoCode = 'must be the code of a currency in ISO 4217, such as EUR'
const code = patternMessage(isoCode, Type.String({ pattern: '^[A-Z]{3}$' }))
const description = 'Amount in minor units, and the currency (ISO 4217).'

/** Code of an accepted currency in ISO 4217. */
const Currency = Type.Refine(
  code,
  (text) => currencies.has(text),
  () => isoCode,
)

/** Money in minor units, so that sums are exact: 1999 EUR is nineteen euros and ninety-nine cents. */
export const Money = money(Fields({ amount, currency: Currency }, { description }))
export type Money = Static<typeof Money>

/** A price: money that is more than nothing. */
export const Price = money(
  Fields(
    { amount: Type.Integer({ minimum: 1, maximum: maxAmount }), currency: Currency },
    { description },
  ),
)

/** Money in recorded events: currencies are withdrawn, and older events were not validated against the list. */
export const RecordedMoney = money(Fields({ amount, currency: code }, { description }))
