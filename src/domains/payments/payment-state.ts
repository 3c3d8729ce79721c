import type { Static } from 'typebox'
import { Fields } from '#kernel'
import { Text, type OrderId, type RecordedMoney, type UserId } from '../shared/index.ts'

/** Provider of a charge, and its reference there. */
export const receipt = { provider: Text(1, 100), providerRef: Text(1, 255) }
const Receipt = Fields(receipt)
export type Receipt = Static<typeof Receipt>

/** Money in recorded events: older ones have any currency. */
export type Amount = Static<typeof RecordedMoney>

/** Owed amount, and the current attempt. */
export type Bill = {
  readonly orderId: OrderId
  readonly userId: UserId
  readonly amount: Amount
  readonly attempt: number
}

/** Refunds by id. */
export type Refunds = Readonly<
  Record<
    string,
    {
      readonly status: 'pending' | 'done' | 'failed'
      /** In minor units. */
      readonly amount: number
    }
  >
>

/** A charged payment with its refunds. */
export type Taken = Bill & Receipt & { readonly refunds: Refunds }

/** State of a payment. */
export type State =
  | { readonly status: 'none' }
  | ({ readonly status: 'initiated' | 'failed' } & Bill)
  /** `bill` is missing when it was voided before it was requested. */
  | { readonly status: 'voided'; readonly orderId: OrderId; readonly bill?: Bill }
  /** `refunding`: a refund is pending; `refunded`: the whole amount is refunded. */
  | ({ readonly status: 'completed' | 'refunding' | 'refunded' } & Taken)

/** Returns the bill alone. */
export const billOf = ({ orderId, userId, amount, attempt }: Bill): Bill => ({
  orderId,
  userId,
  amount,
  attempt,
})

/** Returns whether the card was charged, refunded or not. */
export const isTaken = (state: State): state is Extract<State, Taken> =>
  state.status === 'completed' || state.status === 'refunding' || state.status === 'refunded'
