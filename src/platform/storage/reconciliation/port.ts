import type { LedgerEntry } from '../../external/payments/port.ts'

/**
 * Kinds of differences between a provider's ledger and our payments:
 * - `charge_unknown`: the provider took money for a payment that we do not know
 * - `charge_amount`: it took another amount than requested
 * - `charge_twice`: it took money for a payment more than once
 * - `charge_unrecorded`: it took money that the payment has not recorded
 * - `charge_missing`: the payment is completed, and the provider has not taken the money
 * - `refund_unknown`: the provider returned money without a request
 * - `refund_unrecorded`: it returned money that the payment has not recorded as returned
 * - `refund_failed`: all the money of a failed payment is to be returned, and the provider has refused
 * - `refund_missing`: money is to be returned, and the provider has not done so for too long
 * - `authorisation_unknown`: the provider holds money for a payment that we do not know, or another amount than requested
 * - `authorisation_unrecorded`: it holds money that the payment has not recorded
 * - `capture_failed`: held money is to be taken, and the provider has refused
 * - `capture_missing`: held money is to be taken, and the provider has not done so for too long
 * - `release_unknown`: it released money without a request
 * - `release_unrecorded`: it released money, which the payment has not recorded
 * - `release_missing`: held money is to be released, and the provider has not done so for too long
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
  'authorisation_unknown',
  'authorisation_unrecorded',
  'capture_failed',
  'capture_missing',
  'release_unknown',
  'release_unrecorded',
  'release_missing',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]

/** A difference that reconciliation could not correct. It contains no personal data. */
export type Difference = {
  readonly kind: DifferenceKind
  /** Key of the ledger's entry; without an entry, the id of the payment, or the idempotency key of its refund. */
  readonly key: string
  readonly paymentId?: string
  /** Time of the ledger's entry, or of the payment's event; ISO 8601, UTC. */
  readonly since: string
  /** The ledger's entry, to be compared again. */
  readonly entry?: LedgerEntry
  /** The charge, refund, capture or release is in progress and not overdue: no alert is raised yet. */
  readonly pending?: true
}

/** Whether a difference raises an alert. */
export const isAlerted = ({ pending }: Difference): boolean => !pending

/** State of the comparison of a provider's ledger with our payments. */
export type Reconciliation = {
  /** The time of the last entry of the ledger that was compared; ISO 8601, UTC. */
  readonly since: string
  /** The position of the last event of the log that was compared. */
  readonly position: bigint
  readonly open: readonly Difference[]
}

/** Store of the reconciliations, by the provider's name. An outage of the store is `Unavailable`. */
export type Reconciliations = {
  /** Returns the reconciliation of a provider; before the first one, one that begins before all entries and events. */
  readonly load: (provider: string) => Promise<Reconciliation>
  readonly save: (provider: string, reconciliation: Reconciliation) => Promise<void>
}

/** The reconciliation of a provider whose ledger was never compared. */
export const notReconciled: Reconciliation = {
  since: '1970-01-01T00:00:00.000Z',
  position: 0n,
  open: [],
}
