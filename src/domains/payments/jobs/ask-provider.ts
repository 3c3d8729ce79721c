import type { Origin } from '../../../runtime/execution.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { job } from '../../../serving/job.ts'
import type { PaymentId } from '../../shared/index.ts'
import { awaitsRefund, payment, pendingRefunds, releaseIn } from '../language.ts'
import { chargeKeyOf } from './charge-card.ts'
import { giveBack } from './refund-card.ts'

type Asking = Pick<JobPorts, 'executor' | 'paymentProvider'>

/** Asks for the outcome of a charge, or of the capture of a held amount. */
const askForCharge = async (
  paymentId: PaymentId,
  attempt: number,
  isFinal: boolean,
  origin: Origin,
  { executor: { execute }, paymentProvider: provider }: Asking,
): Promise<void> => {
  const answer = await provider.outcomeOf(chargeKeyOf(paymentId, attempt))
  if (answer?.paid) {
    const data = { provider: provider.name, providerRef: answer.providerRef, attempt }
    await execute(payment, paymentId, { type: 'CompletePayment', data }, origin)
  } else if (answer && isFinal) {
    const data = { reason: answer.reason, attempt }
    await execute(payment, paymentId, { type: 'FailPayment', data }, origin)
  }
}

const askForAuthorisation = async (
  paymentId: PaymentId,
  attempt: number,
  origin: Origin,
  { executor: { execute }, paymentProvider: provider }: Asking,
): Promise<void> => {
  const answer = await provider.authorisationOf(chargeKeyOf(paymentId, attempt))
  if (!answer) return
  const data = answer.authorised
    ? {
        type: 'RecordAuthorisation' as const,
        data: { provider: provider.name, providerRef: answer.providerRef, attempt },
      }
    : { type: 'FailAuthorisation' as const, data: { reason: answer.reason, attempt } }
  await execute(payment, paymentId, data, origin)
}

/**
 * Asks the provider for what a payment waits for, after the provider has reported an outcome. The report itself is no proof:
 * amounts and outcomes are those of the answer. Where it has none yet, the payment waits on, for its job or the reconciliation.
 */
export const askProvider = job({
  name: 'ask-provider',
  from: [payment],
  on: {
    PaymentOutcomeReported: ({ id, data: { provider } }) => ({ paymentId: id, provider }),
  },
  run: async ({ paymentId, provider }, origin, ports) => {
    const { executor, paymentProvider } = ports
    if (provider !== paymentProvider.name) return
    const { state } = await executor.stateOf(payment, paymentId)
    const release = releaseIn(state)
    if (release?.status === 'pending') {
      const { attempt } = release
      const answer = await paymentProvider.release(chargeKeyOf(paymentId, attempt))
      const { name } = paymentProvider
      const command = answer.captured
        ? {
            type: 'CompletePayment' as const,
            data: { provider: name, providerRef: answer.providerRef, attempt },
          }
        : { type: 'RecordRelease' as const, data: { attempt } }
      await executor.execute(payment, paymentId, command, derivedOrigin(origin, 'release'))
      return
    }
    switch (state.status) {
      case 'initiated':
        return askForCharge(paymentId, state.attempt, true, origin, ports)
      case 'capturing':
        return askForCharge(paymentId, state.attempt, false, origin, ports)
      case 'authorising':
        return askForAuthorisation(paymentId, state.attempt, origin, ports)
      case 'voided': {
        const { bill } = state
        return bill && askForCharge(paymentId, bill.attempt, false, origin, ports)
      }
      case 'refunding': {
        const { providerRef, amount } = state
        if (awaitsRefund(state, undefined))
          await giveBack({ paymentId, providerRef, amount }, derivedOrigin(origin, 'all'), ports)
        for (const one of pendingRefunds(state)) {
          const refund = { paymentId, providerRef, ...one }
          await giveBack(refund, derivedOrigin(origin, one.refundId), ports)
        }
      }
    }
  },
  givenUp: {
    reportsNothing:
      'The job that made the request, and the reconciliation with the provider, ask for the outcome as well.',
  },
  options: { concurrency: 32, attempts: 5, backoff: 250 },
})
