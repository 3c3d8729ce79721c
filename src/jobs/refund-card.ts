import { awaitsRefund, payment } from '../domains/payments/index.ts'
import type { PaymentId, RefundId } from '../domains/shared/index.ts'
import {
  IdempotencyMismatch,
  RefundRefused,
  type PaymentProvider,
} from '../platform/payments/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { job } from './job.ts'

/** The key that the provider knows a refund by; one without an id gives all the money back. */
export const refundKeyOf = (paymentId: PaymentId, refundId: RefundId | undefined): string =>
  `${paymentId}:${refundId ?? 'refund'}`

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
          idempotencyKey: refundKeyOf(paymentId, refundId),
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
    givenUp: {
      reportsNothing:
        'The money is still owed: the payment stays REFUND_PENDING, and reconciling it with the provider alerts.',
    },
    options: { concurrency: 32, attempts: 8, backoff: 250 },
  })
