import type { StateOf } from '#kernel'
import { cancelled } from '../../../platform/external/payments/port.ts'
import type { Origin } from '../../../runtime/execution.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { job } from '../../../serving/job.ts'
import type { PaymentId } from '../../shared/index.ts'
import { payment, providerUnavailable } from '../language.ts'

/** The key by which the provider knows one attempt at a payment. */
export const chargeKeyOf = (paymentId: PaymentId, attempt: number): string =>
  `${paymentId}:${attempt}`

const isWaitingFor =
  (attempt: number) =>
  (state: StateOf<typeof payment>): boolean =>
    state.status === 'initiated' && state.attempt === attempt

/**
 * Cancels an attempt at the provider, and records the money that it took.
 * @returns why it was not paid; undefined when it was
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
  const data = { provider: provider.name, providerRef: answer.providerRef, attempt }
  await execute(payment, paymentId, { type: 'CompletePayment', data }, origin)
  return undefined
}

/**
 * Takes the money of a payment that was initiated. The provider knows each attempt by a key, so that a crash between
 * its answer and our record never charges twice: the next try gets the same answer.
 *
 * A payment that nobody waits for any more, and one whose charge is given up, is cancelled at the provider first: an
 * earlier try, or one still on its way, may have taken the money. Only what the provider answers to that is final.
 */
export const chargeCard = job({
  name: 'charge-card',
  from: [payment],
  on: {
    // Nothing to pay is paid already.
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
      // Under an id of its own: the job may have reported a failure before.
      if (!isRecorded) await cancel(paymentId, attempt, derivedOrigin(origin, 'cancel'), ports)
      return
    }
    // Should it be called off elsewhere meanwhile, the money goes back.
    const answer = await provider.charge({
      idempotencyKey: chargeKeyOf(paymentId, attempt),
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
  givenUp: async ({ paymentId, attempt }, origin, _error, ports) => {
    const why = await cancel(paymentId, attempt, origin, ports)
    if (why === undefined) return
    const data = { reason: why === cancelled ? providerUnavailable : why, attempt }
    await ports.executor.execute(payment, paymentId, { type: 'FailPayment', data }, origin)
  },
  options: { concurrency: 128, attempts: 8, backoff: 250 },
})
