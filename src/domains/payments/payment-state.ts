import type { Static } from 'typebox'
import { Fields } from '#kernel'
import { Text, type OrderId, type RecordedMoney, type UserId } from '../shared/index.ts'

/** Who has the money, and what they call it. */
export const receipt = { provider: Text(1, 100), providerRef: Text(1, 255) }
const Receipt = Fields(receipt)
export type Receipt = Static<typeof Receipt>

/** Money as it was recorded: once, the currency could be any. */
export type Amount = Static<typeof RecordedMoney>

/** What is owed, and which try at charging it is under way. */
export type Bill = {
  readonly orderId: OrderId
  readonly userId: UserId
  readonly amount: Amount
  readonly attempt: number
}

/** Money that goes back, by the id of its refund. */
export type Refunds = Readonly<
  Record<
    string,
    {
      readonly status: 'pending' | 'done' | 'failed'
      /** Minor units. */
      readonly amount: number
    }
  >
>

/** Money that was taken, and what went back of it. */
export type Taken = Bill & Receipt & { readonly refunds: Refunds }

/** Where a payment stands. */
export type State =
  | { readonly status: 'none' }
  | ({ readonly status: 'initiated' | 'failed' } & Bill)
  /** `bill` is missing when it was called off before it was asked for. */
  | { readonly status: 'voided'; readonly orderId: OrderId; readonly bill?: Bill }
  /** `refunding`: some of it is on its way back; `refunded`: all of it is back. */
  | ({ readonly status: 'completed' | 'refunding' | 'refunded' } & Taken)

/** The bill alone, of a state that has more. */
export const billOf = ({ orderId, userId, amount, attempt }: Bill): Bill => ({
  orderId,
  userId,
  amount,
  attempt,
})

/** Whether the money was taken, wherever it is now. */
export const isTaken = (state: State): state is Extract<State, Taken> =>
  state.status === 'completed' || state.status === 'refunding' || state.status === 'refunded'
