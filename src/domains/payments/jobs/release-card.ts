import { job } from '../../../serving/job.ts'
import { payment, releaseIn } from '../language.ts'
import { chargeKeyOf } from './charge-card.ts'
import { completionFrom } from './receipt-from.ts'

/**
 * Releases the held amount of a payment that is void or has failed, also one that is on its way to the provider. If the
 * amount was captured before, the charge is recorded, and refunded.
 */
export const releaseCard = job({
  name: 'release-card',
  from: [payment],
  on: {
    PaymentReleaseRequested: ({ id, data: { attempt } }) => ({ paymentId: id, attempt }),
  },
  run: async (
    { paymentId, attempt },
    origin,
    { executor: { execute, stateOf }, paymentProvider: provider },
  ) => {
    const { state } = await stateOf(payment, paymentId)
    const release = releaseIn(state)
    if (release?.attempt === attempt && release.status === 'done') return
    const answer = await provider.release(chargeKeyOf(paymentId, attempt))
    await execute(
      payment,
      paymentId,
      answer.captured
        ? completionFrom(provider, answer, attempt)
        : { type: 'RecordRelease', data: { attempt } },
      origin,
    )
  },
  givenUp: {
    reportsNothing:
      'The amount may still be held: the reconciliation with the provider alerts until it is released.',
  },
  options: { concurrency: 32, attempts: 8, backoff: 250 },
})
