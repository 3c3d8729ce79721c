import type { AccountLinks } from '../platform/security/account-links.ts'
import type { Blobs } from '../platform/storage/blobs/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { Forgetting } from '../platform/security/erasure/port.ts'
import type { Mailer } from '../platform/external/mail/port.ts'
import type { Push } from '../platform/external/push/port.ts'
import type { Sms } from '../platform/external/sms/port.ts'
import type { Webhooks } from '../platform/external/webhooks/port.ts'
import type { Pictures } from '../platform/external/pictures/port.ts'
import type { ArchivedCategory } from '../platform/storage/archives/port.ts'
import type { Reports } from '../platform/observability/reports/port.ts'
import type { SigningKeys } from '../platform/security/keys/port.ts'
import type { LedgerEntry, PaymentProvider } from '../platform/external/payments/port.ts'
import type { Difference, Reconciliations } from '../platform/storage/reconciliation/port.ts'
import type { Executor } from '../runtime/execution.ts'
import type { Operations } from '../runtime/operations.ts'
import type { ReadModels } from '../runtime/reading.ts'
import type { Eraser } from './erase.ts'
import type { BoundWorkflow } from './workflow-attempt.ts'

/** Links and base URL for letters to accounts. */
export type AccountLetters = {
  readonly links: Pick<AccountLinks, 'make'>
  /** Base URL under which people reach Agora: `https://shop.example`. */
  readonly site: () => string
}

/** The store of reconciliations, and the listeners to their findings. */
export type Reconciling = {
  readonly reconciliations: Reconciliations
  /** Called with every ledger entry that a reconciliation caused. */
  readonly onMended: (entry: LedgerEntry) => void
  /** Called once with a difference that needs an operator. */
  readonly onDifference: (difference: Difference) => void
  /** Called with such a difference once it is resolved. */
  readonly onResolved: (difference: Difference) => void
}

/** Ports of jobs and chores; each handler takes the ones it needs. */
export type JobPorts = {
  /** The store's clock, by which events are dated. */
  readonly clock: () => Date
  readonly executor: Executor
  readonly readModels: ReadModels
  /** Bytes of files. */
  readonly blobs: Blobs
  /** Decodes pictures of users. */
  readonly pictures: Pictures
  readonly keys: Pick<SigningKeys, 'secretFor'>
  /** How long a file is stored that nothing refers to, in ms. */
  readonly unusedMediaTtl: number
  /** How long a delivery of a webhook is listed after it has ended, in ms; 0: for ever. */
  readonly webhookDeliveryTtl: number
  readonly log: Pick<EventLog, 'head' | 'readAll'>
  /** Status of the read models. */
  readonly projections: Operations['projections']
  /** Requests the rebuild of a read model. */
  readonly rebuild: Operations['rebuild']
  /** Categories of streams with a rule that says when one is closed. */
  readonly closable: readonly string[]
  /** Archives closed streams: of these categories, or of all with a rule. Absent where the log is not in PostgreSQL. */
  readonly archiveClosed?: (
    categories: readonly string[] | undefined,
    signal: AbortSignal,
  ) => Promise<readonly ArchivedCategory[]>
  /** All types of scheduled jobs. */
  readonly workflows: readonly BoundWorkflow[]
  /** Aborted as this process stops, before it waits for its jobs. */
  readonly stopping: AbortSignal
  /** Called with each error of a run of a scheduled job that admins are not shown, for the log. */
  readonly onFailedRun: (failed: {
    readonly type: string
    readonly runId: string
    readonly error: unknown
  }) => void
  /** How far the read models are behind. */
  readonly lags: Operations['lags']
  /** How far the bridges to brokers are behind. */
  readonly bridges: Operations['bridges']
  /** The groups of consumers. */
  readonly consumerGroups: Operations['consumerGroups']
  readonly deadLetterCounts: Operations['deadLetterCounts']
  readonly audits: Operations['audits']
  /** What each process has measured of itself. */
  readonly reports: Pick<Reports, 'recent'>
  readonly paymentProvider: PaymentProvider
  readonly reconciling: Reconciling
  readonly mailer: Pick<Mailer, 'send'>
  /** Sends messages to browsers. */
  readonly push: Pick<Push, 'send'>
  /** Sends text messages to telephones. */
  readonly sms: Sms
  /** Sends events to endpoints of other systems. */
  readonly webhooks: Pick<Webhooks, 'deliver'>
  readonly letters: AccountLetters
  /** Destroys the key of a person's data, and issues the receipt. */
  readonly forgetting: Forgetting
  /** Erases the data that each context holds of a person, in this order. */
  readonly erasers: readonly Eraser[]
}
