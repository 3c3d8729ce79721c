import { RefundRefused } from '../../../platform/external/payments/port.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { job } from '../../../serving/job.ts'
import type { Money, PaymentId, RefundId } from '../../shared/index.ts'
import { awaitsRefund, payment, pendingRefunds } from '../language.ts'

/** What the provider is asked to give back. */
type Asked = {
  readonly paymentId: PaymentId
  readonly providerRef: string
  readonly amount: Money
  readonly refundId?: RefundId | undefined
}

/** The key that the provider knows a refund by; one without an id gives all the money back. */
export const refundKeyOf = (paymentId: PaymentId, refundId: RefundId | undefined): string =>
  `${paymentId}:${refundId ?? 'refund'}`

const giveBack = async (
  { paymentId, providerRef, amount, refundId }: Asked,
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
    // Anything else leaves open what became of the money: a key that was used for another sum has moved some.
    if (!(error instanceof RefundRefused)) throw error
    const data = { ...which, reason: 'refused_by_provider' }
    await execute(payment, paymentId, { type: 'FailRefund', data }, origin)
  }
}

/**
 * Gives money of a payment back, once for each refund, however often that is tried: the provider knows each by a key.
 * What the provider refuses is not tried again; the refund has failed then.
 */
export const refundCard = job({
  name: 'refund-card',
  from: [payment],
  on: {
    PaymentRefundRequested: ({ id, data: { amount, providerRef, refundId } }) =>
      // Nothing needs no provider.
      amount.amount === 0
        ? undefined
        : { paymentId: id, amount, providerRef, ...(refundId !== undefined && { refundId }) },
  },
  run: async ({ paymentId, amount, providerRef, refundId }, origin, ports) => {
    const { state } = await ports.executor.stateOf(payment, paymentId)
    if (awaitsRefund(state, refundId))
      return giveBack({ paymentId, providerRef, amount, refundId }, origin, ports)
    if (refundId !== undefined) return
    // Queued by an earlier version, which gave refunds no ids: any pending refund may be meant.
    for (const one of pendingRefunds(state))
      await giveBack({ paymentId, providerRef, ...one }, derivedOrigin(origin, one.refundId), ports)
  },
  givenUp: {
    reportsNothing:
      'The money is still owed: the payment stays REFUND_PENDING, and reconciling it with the provider alerts.',
  },
  options: { concurrency: 32, attempts: 8, backoff: 250 },
})
