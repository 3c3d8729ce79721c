import type { StateOf } from '#kernel'
import type { payment } from '../domains/payments/index.ts'
import type { LedgerEntry } from '../platform/payments/port.ts'
import type { DifferenceKind } from '../platform/reconciliation/port.ts'

type State = StateOf<typeof payment>

/** How an entry of a provider's ledger compares with the payment: `unrecorded` is what a command can record. */
export type Comparison = 'agrees' | 'unrecorded' | DifferenceKind

/** Money that a provider has taken, compared with the payment that it is for. */
export const compareCharge = (
  state: State,
  { providerRef, amount }: Pick<LedgerEntry, 'providerRef' | 'amount'>,
): Comparison => {
  if (state.status === 'none') return 'charge_unknown'
  const bill = state.status === 'voided' ? state.bill : state
  if (!bill) return 'charge_unknown'
  if (bill.amount.amount !== amount.amount || bill.amount.currency !== amount.currency)
    return 'charge_amount'
  if (!('providerRef' in state)) return 'unrecorded'
  return state.providerRef === providerRef ? 'agrees' : 'charge_twice'
}

/** Money that a provider has returned, compared with the payment that took it. */
export const compareRefund = (
  state: State,
  { providerRef }: Pick<LedgerEntry, 'providerRef'>,
): Comparison => {
  if (!('providerRef' in state) || state.providerRef !== providerRef) return 'refund_unknown'
  if (state.status === 'refunding') return 'unrecorded'
  return state.status === 'refunded' ? 'agrees' : 'refund_unknown'
}
