import { RefundRefused } from '../../../platform/external/payments/port.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { job } from '../../../serving/job.ts'
import type { Money, PaymentId, RefundId } from '../../shared/index.ts'
import { awaitsRefund, payment, pendingRefunds } from '../language.ts'

/** A refund for the provider. */
type ProviderRefund = {
  readonly paymentId: PaymentId
  readonly providerRef: string
  readonly amount: Money
  readonly refundId?: RefundId | undefined
}

/** Returns the provider's idempotency key of a refund; one without an id refunds the whole payment. */
export const refundKeyOf = (paymentId: PaymentId, refundId: RefundId | undefined): string =>
  `${paymentId}:${refundId ?? 'refund'}`

/** Refunds at the provider, and records the outcome; a repetition under the same key moves no money again. */
export const giveBack = async (
  { paymentId, providerRef, amount, refundId }: ProviderRefund,
  origin: Origin,
  {
    executor: { execute },
    paymentProvider: provider,
  }: Pick<JobPorts, 'executor' | 'paymentProvider'>,
): Promise<void> => {
  const which = refundId === undefined ? {} : { refundId }
  try {
    const idempotencyKey = refundKeyOf(paymentId, refundId)
    const { refundRef } = await provider.refund({ idempotencyKey, providerRef, amount })
    const data = { ...which, refundRef }
    await execute(payment, paymentId, { type: 'RecordRefund', data }, origin)
  } catch (error) {
    // Other errors leave the outcome open: a key that was used with another amount has moved money.
    if (!(error instanceof RefundRefused)) throw error
    const data = { ...which, reason: 'refused_by_provider' }
    await execute(payment, paymentId, { type: 'FailRefund', data }, origin)
  }
}

/**
 * Refunds payments at the provider. The idempotency key of a refund makes retries safe. A refund that the provider
 * refuses has failed, and is not retried.
 */
export const refundCard = job({
  name: 'refund-card',
  from: [payment],
  on: {
    PaymentRefundRequested: ({ id, data: { amount, providerRef, refundId } }) =>
      // An amount of 0 needs no provider.
      amount.amount === 0
        ? undefined
        : { paymentId: id, amount, providerRef, ...(refundId !== undefined && { refundId }) },
  },
  run: async ({ paymentId, amount, providerRef, refundId }, origin, ports) => {
    const { state } = await ports.executor.stateOf(payment, paymentId)
    if (awaitsRefund(state, refundId))
      return giveBack({ paymentId, providerRef, amount, refundId }, origin, ports)
    if (refundId !== undefined) return
    // Queued by an earlier version, whose refunds had no ids: it stands for any pending refund.
    for (const one of pendingRefunds(state))
      await giveBack({ paymentId, providerRef, ...one }, derivedOrigin(origin, one.refundId), ports)
  },
  givenUp: {
    reportsNothing:
      'The refund is still owed: the payment stays REFUND_PENDING, and the reconciliation with the provider alerts.',
  },
  options: { concurrency: 32, attempts: 8, backoff: 250 },
})
