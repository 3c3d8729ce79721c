import type { StateOf } from '#kernel'
import { refundStatusOf, releaseIn, type payment } from '../language.ts'
import type { RefundId } from '../../shared/index.ts'
import type { LedgerEntry } from '../../../platform/external/payments/port.ts'
import type { DifferenceKind } from '../../../platform/storage/reconciliation/port.ts'

type State = StateOf<typeof payment>

/** Result of comparing a ledger entry with its payment; `unrecorded`: a command can record it. */
export type Comparison = 'agrees' | 'unrecorded' | DifferenceKind

/** Returns whether the amount of a payment is held, and not taken. */
const isHeld = ({ status }: State): boolean => status === 'authorised' || status === 'capturing'

/** Compares a charge in the ledger with its payment. */
export const compareCharge = (
  state: State,
  { providerRef, amount }: Pick<LedgerEntry, 'providerRef' | 'amount'>,
): Comparison => {
  if (state.status === 'none') return 'charge_unknown'
  const bill = state.status === 'voided' ? state.bill : state
  if (!bill) return 'charge_unknown'
  if (bill.amount.amount !== amount.amount || bill.amount.currency !== amount.currency)
    return 'charge_amount'
  if (!('providerRef' in state) || isHeld(state)) return 'unrecorded'
  return state.providerRef === providerRef ? 'agrees' : 'charge_twice'
}

/**
 * Compares a refund in the ledger with its payment.
 * @param refundId of the refund; undefined for that of the whole payment
 */
export const compareRefund = (
  state: State,
  { providerRef }: Pick<LedgerEntry, 'providerRef'>,
  refundId: RefundId | undefined,
): Comparison => {
  if (!('providerRef' in state) || state.providerRef !== providerRef) return 'refund_unknown'
  const status = refundStatusOf(state, refundId)
  if (status === 'pending') return 'unrecorded'
  return status === 'done' ? 'agrees' : 'refund_unknown'
}

/** Returns whether a payment has been requested again since an attempt. */
const isPast = (state: State, attempt: number): boolean => {
  const bill = state.status === 'voided' ? state.bill : state.status === 'none' ? undefined : state
  return bill !== undefined && attempt < bill.attempt
}

/**
 * Compares an authorisation in the ledger with its payment. One that has failed or is void has requested its release,
 * which is compared by itself; so has an earlier attempt. A failed capture is a difference of its own.
 * @param attempt at the payment
 */
export const compareAuthorisation = (
  state: State,
  { providerRef, amount }: Pick<LedgerEntry, 'providerRef' | 'amount'>,
  attempt: number,
): Comparison => {
  const bill = state.status === 'voided' ? state.bill : state.status === 'none' ? undefined : state
  if (bill?.amount.amount !== amount.amount || bill.amount.currency !== amount.currency)
    return 'authorisation_unknown'
  if (isPast(state, attempt)) return 'agrees'
  if (state.status === 'authorising') return 'unrecorded'
  if ('providerRef' in state)
    return state.providerRef === providerRef ? 'agrees' : 'authorisation_unknown'
  const isUncaptured = state.status === 'failed' && state.uncaptured === true
  return isUncaptured || releaseIn(state) ? 'agrees' : 'authorisation_unknown'
}

/** Compares a release in the ledger with its payment. @param attempt of the authorisation */
export const compareRelease = (state: State, attempt: number): Comparison => {
  if (isPast(state, attempt)) return 'agrees'
  const release = releaseIn(state)
  if (release?.attempt !== attempt) return 'release_unknown'
  return release.status === 'pending' ? 'unrecorded' : 'agrees'
}
