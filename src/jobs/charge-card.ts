import { payment } from '../domains/payments/index.ts'
import type { PaymentProvider } from '../platform/payments/port.ts'
import type { Executor } from '../platform/runtime/execution.ts'
import { job } from './job.ts'

/**
 * Takes the money of a payment that was initiated. The provider knows each attempt by a key, so that a crash between
 * its answer and our record never charges twice: the next try gets the same answer.
 */
export const chargeCard = (provider: PaymentProvider, { execute, stateOf }: Executor) =>
  job({
    name: 'charge-card',
    from: [payment],
    on: {
      PaymentInitiated: ({ id, data: { amount, token, attempt } }) => ({
        paymentId: id,
        amount,
        token,
        attempt,
      }),
    },
    run: async ({ paymentId, amount, token, attempt }, origin) => {
      // Should it have been called off elsewhere a moment ago, the money goes back.
      const { state } = await stateOf(payment, paymentId, {
        enough: (kept) => kept.status === 'initiated' && kept.attempt === attempt,
      })
      if (state.status !== 'initiated' || state.attempt !== attempt) return
      const answer = await provider.charge({
        idempotencyKey: `${paymentId}:${attempt}`,
        token,
        amount,
      })
      await execute(
        payment,
        paymentId,
        answer.paid
          ? {
              type: 'CompletePayment',
              data: { provider: provider.name, providerRef: answer.providerRef, attempt },
            }
          : { type: 'FailPayment', data: { reason: answer.reason, attempt } },
        origin,
      )
    },
    options: { concurrency: 128, attempts: 8, backoff: 250 },
  })
