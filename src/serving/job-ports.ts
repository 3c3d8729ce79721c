import type { AccountLinks } from '../platform/security/account-links.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Forgetting } from '../platform/security/erasure/port.ts'
import type { Mailer } from '../platform/external/mail/port.ts'
import type { LedgerEntry, PaymentProvider } from '../platform/external/payments/port.ts'
import type { Difference, Reconciliations } from '../platform/storage/reconciliation/port.ts'
import type { Executor } from '../runtime/execution.ts'
import type { ReadModels } from '../runtime/reading.ts'
import type { Eraser } from './erase.ts'

/** What letters to accounts are written with. */
export type AccountLetters = {
  readonly links: Pick<AccountLinks, 'make'>
  /** Base URL under which people reach Agora: `https://shop.example`. */
  readonly site: () => string
}

/** Where reconciliations are stored, and what is notified of their findings. */
export type Reconciling = {
  readonly reconciliations: Reconciliations
  /** Receives every entry of the ledger that was recorded because of it. */
  readonly onMended: (entry: LedgerEntry) => void
  /** Receives a difference, once, when an operator is to look at it. */
  readonly onDifference: (difference: Difference) => void
  /** Receives such a difference when it is gone. */
  readonly onResolved: (difference: Difference) => void
}

/** Everything that handlers of jobs and chores may use; each one takes what it needs. */
export type JobPorts = {
  /** The store's clock, by which events are dated. */
  readonly clock: () => Date
  readonly executor: Executor
  readonly readModels: ReadModels
  readonly log: Pick<EventLog, 'head' | 'readAll'>
  readonly paymentProvider: PaymentProvider
  readonly reconciling: Reconciling
  readonly mailer: Pick<Mailer, 'send'>
  readonly letters: AccountLetters
  /** Destroys the key of a person's data, and issues the receipt. */
  readonly forgetting: Forgetting
  /** Erases what each context holds of a person, in this order. */
  readonly erasers: readonly Eraser[]
}
