import { awaitsRefund, payment } from '../domains/payments/index.ts'
import {
  IdempotencyMismatch,
  RefundRefused,
  type PaymentProvider,
} from '../platform/payments/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { job } from './job.ts'

/**
 * Gives money of a payment back, once for each refund, however often that is tried: the provider knows each by a key.
 * What the provider refuses is not tried again; the refund has failed then.
 */
export const refundCard = (provider: PaymentProvider, { execute, stateOf }: Executor) =>
  job({
    name: 'refund-card',
    from: [payment],
    on: {
      PaymentRefundRequested: ({ id, data: { amount, providerRef, refundId } }) =>
        // Nothing needs no provider.
        amount.amount === 0
          ? undefined
          : { paymentId: id, amount, providerRef, ...(refundId !== undefined && { refundId }) },
    },
    run: async ({ paymentId, amount, providerRef, refundId }, origin) => {
      const { state } = await stateOf(payment, paymentId)
      if (!awaitsRefund(state, refundId)) return
      const which = refundId === undefined ? {} : { refundId }
      try {
        const { refundRef } = await provider.refund({
          idempotencyKey: `${paymentId}:${refundId ?? 'refund'}`,
          providerRef,
          amount,
        })
        const data = { ...which, refundRef }
        await execute(payment, paymentId, { type: 'RecordRefund', data }, origin)
      } catch (error) {
        if (!(error instanceof RefundRefused || error instanceof IdempotencyMismatch)) throw error
        const data = { ...which, reason: 'refused_by_provider' }
        await execute(payment, paymentId, { type: 'FailRefund', data }, origin)
      }
    },
    options: { concurrency: 32, attempts: 8, backoff: 250 },
  })
