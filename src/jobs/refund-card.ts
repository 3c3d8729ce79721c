import { payment } from '../domains/payments/index.ts'
import type { PaymentProvider } from '../platform/payments/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { job } from './job.ts'

/** The provider is not asked to return nothing, as it was not asked to take it. */
const nothingToReturn = { refundRef: 'nothing' }

/** Gives back the money of a payment, once, however often it is tried. */
export const refundCard = (provider: PaymentProvider, { execute, stateOf }: Executor) =>
  job({
    name: 'refund-card',
    from: [payment],
    on: {
      PaymentRefundRequested: ({ id, data: { amount, providerRef } }) => ({
        paymentId: id,
        amount,
        providerRef,
      }),
    },
    run: async ({ paymentId, amount, providerRef }, origin) => {
      const { state } = await stateOf(payment, paymentId)
      if (state.status !== 'refunding') return
      const { refundRef } =
        amount.amount === 0
          ? nothingToReturn
          : await provider.refund({ idempotencyKey: `${paymentId}:refund`, providerRef, amount })
      await execute(payment, paymentId, { type: 'RecordRefund', data: { refundRef } }, origin)
    },
    givenUp: {
      reportsNothing:
        'The money is still owed: the payment stays REFUND_PENDING, and reconciling it with the provider alerts.',
    },
    options: { concurrency: 32, attempts: 8, backoff: 250 },
  })
