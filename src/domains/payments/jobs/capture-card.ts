import { job } from '../../../serving/job.ts'
import { payment } from '../language.ts'
import { chargeKeyOf } from './charge-card.ts'
import { completionFrom } from './receipt-from.ts'

/** Takes the held amount of a payment. A retry is safe: the provider captures an authorisation at most once. */
export const captureCard = job({
  name: 'capture-card',
  from: [payment],
  on: {
    PaymentCaptureRequested: ({ id, data: { attempt } }) => ({ paymentId: id, attempt }),
  },
  run: async (
    { paymentId, attempt },
    origin,
    { executor: { execute, stateOf }, paymentProvider: provider },
  ) => {
    const { state } = await stateOf(payment, paymentId)
    if (state.status !== 'capturing' || state.attempt !== attempt) return
    const answer = await provider.capture(chargeKeyOf(paymentId, attempt))
    await execute(
      payment,
      paymentId,
      answer.paid
        ? completionFrom(provider, answer, attempt)
        : { type: 'FailCapture', data: { reason: answer.reason, attempt } },
      origin,
    )
  },
  givenUp: {
    reportsNothing:
      'The amount is still held: the payment stays AUTHORIZED, and the reconciliation with the provider alerts.',
  },
  options: { concurrency: 32, attempts: 8, backoff: 250 },
})
