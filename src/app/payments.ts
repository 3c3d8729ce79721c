import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../platform/engines/postgres/database.ts'
import { guardedPayments } from '../platform/external/payments/guarded.ts'
import { paymentSimulator } from '../platform/external/payments/simulator.ts'
import type { Metrics } from '../platform/observability/metrics/metrics.ts'
import { isAlerted } from '../platform/storage/reconciliation/port.ts'
import { postgresReconciliations } from '../platform/storage/reconciliation/postgres.ts'
import type { JobPorts } from '../serving/job-ports.ts'

/**
 * Opens the payment provider, and the reconciliation of its ledger with the payments of the log, which reports what it
 * finds as log lines and metrics.
 * @param options.onError called when the provider does not answer
 */
export const openPayments = (
  database: Database,
  {
    logger,
    metrics,
    onError,
  }: {
    readonly logger: FastifyBaseLogger
    readonly metrics: Pick<Metrics, 'gaugePayments' | 'mendedPayment'>
    readonly onError: (error: unknown) => void
  },
) => {
  const provider = guardedPayments(paymentSimulator(database), {
    onChange: (isUp, error) =>
      isUp ? logger.info('The payment provider answers') : onError(error),
  })
  const reconciliations = postgresReconciliations(database)
  const differences = async () => {
    const { open } = await reconciliations.load(provider.name)
    return open.filter(isAlerted)
  }
  metrics.gaugePayments(differences)
  const reconciling: JobPorts['reconciling'] = {
    reconciliations,
    onMended: ({ kind, key }) => {
      metrics.mendedPayment(kind)
      logger.warn(
        { kind, key },
        'A payment in the ledger of the payment provider was missing in the log; it is recorded now',
      )
    },
    onDifference: ({ kind, key, paymentId, since }) =>
      logger.error(
        { kind, key, paymentId, since },
        'The ledger of the payment provider differs from our payments',
      ),
    onResolved: ({ kind, key, paymentId }) =>
      logger.info(
        { kind, key, paymentId },
        'The ledger of the payment provider agrees with our payments again',
      ),
  }
  return { provider, differences, reconciling }
}
