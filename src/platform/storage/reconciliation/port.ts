import type { LedgerEntry } from '../../external/payments/port.ts'

/**
 * What differs between a provider's ledger and our payments:
 * - `charge_unknown`: the provider took money for a payment that we do not know
 * - `charge_amount`: it took another amount than requested
 * - `charge_twice`: it took money for a payment more than once
 * - `charge_unrecorded`: it took money that the payment does not take in
 * - `charge_missing`: the payment is completed, and the provider has not taken the money
 * - `refund_unknown`: the provider returned money without a request
 * - `refund_unrecorded`: it returned money, which the payment does not take in
 * - `refund_failed`: all the money of a payment that came to nothing is to be returned, and the provider has refused
 * - `refund_missing`: money is to be returned, and the provider has not done so for too long
 */
export const differenceKinds = [
  'charge_unknown',
  'charge_amount',
  'charge_twice',
  'charge_unrecorded',
  'charge_missing',
  'refund_unknown',
  'refund_unrecorded',
  'refund_failed',
  'refund_missing',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]

/** One difference that remains after what can be mended was mended. It names no person. */
export type Difference = {
  readonly kind: DifferenceKind
  /** Of the ledger's entry; where there is none, the id of the payment, or the key that its refund was asked under. */
  readonly key: string
  readonly paymentId?: string
  /** When the entry was made, or the payment's event was recorded; ISO 8601, UTC. */
  readonly since: string
  /** What the provider's ledger says, to be compared again. */
  readonly entry?: LedgerEntry
  /** Still within its time: money whose charge or refund is under way. No alert is raised yet. */
  readonly pending?: true
}

/** Whether a difference raises an alert. */
export const isAlerted = ({ pending }: Difference): boolean => !pending

/** How far a provider's ledger was compared with our payments, and what differs. */
export type Reconciliation = {
  /** The time of the last entry of the ledger that was compared; ISO 8601, UTC. */
  readonly since: string
  /** The position of the last event of the log that was compared. */
  readonly position: bigint
  readonly open: readonly Difference[]
}

/** Remembers reconciliations, by the provider's name. Every failure to reach the store is `Unavailable`. */
export type Reconciliations = {
  /** That of a provider whose ledger was never compared begins before all of its entries and all events. */
  readonly load: (provider: string) => Promise<Reconciliation>
  readonly save: (provider: string, reconciliation: Reconciliation) => Promise<void>
}

/** Nothing was compared. */
export const notReconciled: Reconciliation = {
  since: '1970-01-01T00:00:00.000Z',
  position: 0n,
  open: [],
}
