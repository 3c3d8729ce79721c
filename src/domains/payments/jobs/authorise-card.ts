import { job } from '../../../serving/job.ts'
import { payment, providerUnavailable } from '../language.ts'
import { chargeKeyOf } from './charge-card.ts'
import { receiptFrom } from './receipt-from.ts'

/**
 * Requests that the provider holds the amount of a payment. The idempotency key of the attempt makes a retry after a crash
 * safe. A payment that is void by then, or whose job is parked, is released by the job `release-card`, which makes the
 * provider decline a later authorisation under the key.
 */
export const authoriseCard = job({
  name: 'authorise-card',
  from: [payment],
  on: {
    PaymentAuthorisationRequested: ({ id, data: { amount, token, attempt } }) => ({
      paymentId: id,
      amount,
      token,
      attempt,
    }),
  },
  run: async (
    { paymentId, amount, token, attempt },
    origin,
    { executor: { execute, stateOf }, paymentProvider: provider },
  ) => {
    const { state } = await stateOf(payment, paymentId, {
      enough: (kept) => kept.status === 'authorising' && kept.attempt === attempt,
    })
    if (state.status !== 'authorising' || state.attempt !== attempt) return
    const answer = await provider.authorise({
      idempotencyKey: chargeKeyOf(paymentId, attempt),
      token,
      amount,
    })
    await execute(
      payment,
      paymentId,
      answer.authorised
        ? { type: 'RecordAuthorisation', data: receiptFrom(provider, answer, attempt) }
        : { type: 'FailAuthorisation', data: { reason: answer.reason, attempt } },
      origin,
    )
  },
  givenUp: async ({ paymentId, attempt }, origin, _error, { executor }) => {
    const data = { reason: providerUnavailable, attempt }
    await executor.execute(payment, paymentId, { type: 'FailAuthorisation', data }, origin)
  },
  options: { concurrency: 64, attempts: 8, backoff: 250 },
})
