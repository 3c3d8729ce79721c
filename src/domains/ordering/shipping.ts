import type { Static } from 'typebox'
import { Fields } from '#kernel'
import { Code, Money, RecordedMoney, Text } from '../shared/index.ts'

/** Delivery of an order that its buyer has chosen: carrier, method, and cost for the buyer. */
export const Shipping = Fields({ carrier: Code(50), method: Code(50), cost: Money })

/** A chosen delivery in recorded events. */
export const RecordedShipping = Fields({
  carrier: Text(1, 50),
  method: Text(1, 50),
  cost: RecordedMoney,
})
export type RecordedShipping = Static<typeof RecordedShipping>
