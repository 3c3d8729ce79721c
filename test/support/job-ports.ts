import { modules } from '../../src/domains/index.ts'
import type { PaymentProvider } from '../../src/platform/external/payments/port.ts'
import { memoryReports } from '../../src/platform/observability/reports/memory.ts'
import { memoryReconciliations } from '../../src/platform/storage/reconciliation/memory.ts'
import { erasersOf } from '../../src/serving/erase.ts'
import type { JobPorts } from '../../src/serving/job-ports.ts'
import type { HttpWorld } from './http.ts'

const unexpected = async (): Promise<never> => {
  throw new Error('The test did not expect this call')
}

/** A payment provider that expects no call. */
export const unusedProvider: PaymentProvider = {
  name: 'unused',
  charge: unexpected,
  outcomeOf: unexpected,
  cancel: unexpected,
  authorise: unexpected,
  authorisationOf: unexpected,
  capture: unexpected,
  release: unexpected,
  ledger: unexpected,
  refund: unexpected,
}

/**
 * The ports of jobs in a world of tests; the outside world expects no call.
 * @param more ports that the test has
 */
export const jobPorts = (
  { deps, readModels }: Pick<HttpWorld, 'deps' | 'readModels'>,
  more: Partial<JobPorts> = {},
): JobPorts => ({
  clock: deps.clock,
  executor: deps.executor,
  readModels,
  log: deps.log,
  blobs: deps.blobs,
  pictures: { clean: unexpected },
  keys: deps.keys,
  unusedMediaTtl: 24 * 60 * 60_000,
  webhookDeliveryTtl: 30 * 24 * 60 * 60_000,
  projections: deps.operations.projections,
  rebuild: deps.operations.rebuild,
  closable: [],
  workflows: [],
  stopping: new AbortController().signal,
  onFailedRun: () => undefined,
  lags: deps.operations.lags,
  bridges: deps.operations.bridges,
  consumerGroups: deps.operations.consumerGroups,
  deadLetterCounts: deps.operations.deadLetterCounts,
  audits: deps.operations.audits,
  reports: memoryReports(),
  paymentProvider: unusedProvider,
  reconciling: {
    reconciliations: memoryReconciliations(),
    onMended: () => undefined,
    onDifference: () => undefined,
    onResolved: () => undefined,
  },
  mailer: { send: unexpected },
  push: { send: unexpected },
  webhooks: { deliver: unexpected },
  sms: { send: unexpected, forget: async () => 0 },
  letters: { links: { make: () => '' }, site: () => '' },
  forgetting: { forget: unexpected, receiptOf: unexpected },
  erasers: erasersOf(modules),
  ...more,
})
