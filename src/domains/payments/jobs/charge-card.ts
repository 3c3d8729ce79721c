import type { StateOf } from '#kernel'
import { cancelled } from '../../../platform/external/payments/port.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { job } from '../../../serving/job.ts'
import type { PaymentId } from '../../shared/index.ts'
import { payment, providerUnavailable } from '../language.ts'
import { completionFrom } from './receipt-from.ts'

/** Returns the provider's idempotency key of one attempt at a payment. */
export const chargeKeyOf = (paymentId: PaymentId, attempt: number): string =>
  `${paymentId}:${attempt}`

const isWaitingFor =
  (attempt: number) =>
  (state: StateOf<typeof payment>): boolean =>
    state.status === 'initiated' && state.attempt === attempt

/**
 * Cancels an attempt at the provider; a charge that had succeeded is recorded.
 * @returns the reason why it was not paid; undefined when it was
 */
const cancel = async (
  paymentId: PaymentId,
  attempt: number,
  origin: Origin,
  {
    executor: { execute },
    paymentProvider: provider,
  }: Pick<JobPorts, 'executor' | 'paymentProvider'>,
): Promise<string | undefined> => {
  const answer = await provider.cancel(chargeKeyOf(paymentId, attempt))
  if (!answer.paid) return answer.reason
  await execute(payment, paymentId, completionFrom(provider, answer, attempt), origin)
  return undefined
}

/**
 * Charges the card of an initiated payment. The idempotency key of the attempt makes a retry after a crash safe: it gets
 * the same answer.
 *
 * A payment that is no longer initiated, and one whose job is parked, is cancelled at the provider first, as an earlier
 * or still running attempt may have charged the card. Only the answer to the cancellation is final.
 */
export const chargeCard = job({
  name: 'charge-card',
  from: [payment],
  on: {
    // A payment of 0 is completed already.
    PaymentInitiated: ({ id, data: { amount, token, attempt } }) =>
      amount.amount === 0 ? undefined : { paymentId: id, amount, token, attempt },
  },
  run: async ({ paymentId, amount, token, attempt }, origin, ports) => {
    const {
      executor: { execute, stateOf },
      paymentProvider: provider,
    } = ports
    const isWaiting = isWaitingFor(attempt)
    const { state } = await stateOf(payment, paymentId, { enough: isWaiting })
    if (!isWaiting(state)) {
      const isRecorded = 'providerRef' in state && state.attempt === attempt
      // A separate command id: the job may have reported a failure under its own.
      if (!isRecorded) await cancel(paymentId, attempt, derivedOrigin(origin, 'cancel'), ports)
      return
    }
    // If the payment is voided meanwhile, recording the charge requests a refund.
    const answer = await provider.charge({
      idempotencyKey: chargeKeyOf(paymentId, attempt),
      token,
      amount,
    })
    await execute(
      payment,
      paymentId,
      answer.paid
        ? completionFrom(provider, answer, attempt)
        : { type: 'FailPayment', data: { reason: answer.reason, attempt } },
      origin,
    )
  },
  givenUp: async ({ paymentId, attempt }, origin, _error, ports) => {
    const why = await cancel(paymentId, attempt, origin, ports)
    if (why === undefined) return
    const data = { reason: why === cancelled ? providerUnavailable : why, attempt }
    await ports.executor.execute(payment, paymentId, { type: 'FailPayment', data }, origin)
  },
  options: { concurrency: 128, attempts: 8, backoff: 250 },
})
