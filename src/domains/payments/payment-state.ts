import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import { Text, type OrderId, type RecordedMoney, type UserId } from '../shared/index.ts'

/** Number of the attempt at charging or authorising the card, from 1. */
export const Attempt = Type.Integer({ minimum: 1 })

/** Provider of a charge or an authorisation, and its reference there. */
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

/** A release of a held amount, of one attempt at an authorisation. */
type Release = { readonly attempt: number; readonly status: 'pending' | 'done' }

/** `release` is missing when nothing was authorised. */
type Releasing = { readonly release?: Release }

/** State of a payment. */
export type State =
  | { readonly status: 'none' }
  | ({ readonly status: 'initiated' | 'authorising' } & Bill)
  /** `uncaptured`: the provider refused to take an amount that it had held. */
  | ({ readonly status: 'failed'; readonly uncaptured?: true } & Bill & Releasing)
  /** The amount is held; `capturing`: it is to be taken. */
  | ({ readonly status: 'authorised' | 'capturing' } & Bill & Receipt)
  /** `bill` is missing when it was voided before it was requested. */
  | ({ readonly status: 'voided'; readonly orderId: OrderId; readonly bill?: Bill } & Releasing)
  /** `refunding`: a refund is pending; `refunded`: the whole amount is refunded. */
  | ({ readonly status: 'completed' | 'refunding' | 'refunded' } & Taken)

/** Returns the bill alone. */
export const billOf = ({ orderId, userId, amount, attempt }: Bill): Bill => ({
  orderId,
  userId,
  amount,
  attempt,
})

/** Returns the release of a held amount; undefined when none was requested. */
export const releaseIn = (state: State): Release | undefined =>
  'release' in state ? state.release : undefined

/** Statuses of payments that wait for their provider; a voided one may still be charged. */
const waiting: ReadonlySet<State['status']> = new Set([
  'initiated',
  'authorising',
  'capturing',
  'refunding',
  'voided',
])

/** Returns whether a payment waits for an outcome at its provider. */
export const awaitsOutcome = (state: State): boolean =>
  waiting.has(state.status) || releaseIn(state)?.status === 'pending'

/** Returns whether the card was charged, refunded or not. */
export const isTaken = (state: State): state is Extract<State, Taken> =>
  state.status === 'completed' || state.status === 'refunding' || state.status === 'refunded'
