import { Check } from 'typebox/value'
import type { RecordedEvent } from '#kernel'
import { payment } from '../domains/payments/language.ts'
import type { AssumedAnswer } from '../runtime/what-if/trial.ts'

const { events } = payment

/** Reference of charges that are assumed. */
const receipt = { provider: 'what-if', providerRef: 'assumed' }

/** What the payment provider is assumed to answer to a request that was not recorded: yes. */
export const assumedAnswers = ({ type, id, data }: RecordedEvent): readonly AssumedAnswer[] => {
  const answer = (command: string, fields: object): readonly AssumedAnswer[] => [
    { to: payment.name, target: id, command: { type: command, data: fields } },
  ]
  if (type === 'PaymentInitiated' && Check(events.PaymentInitiated, data))
    return answer('CompletePayment', { ...receipt, attempt: data.attempt })
  if (type === 'PaymentAuthorisationRequested' && Check(events.PaymentAuthorisationRequested, data))
    return answer('RecordAuthorisation', { ...receipt, attempt: data.attempt })
  if (type === 'PaymentCaptureRequested' && Check(events.PaymentCaptureRequested, data))
    return answer('CompletePayment', { ...receipt, attempt: data.attempt })
  if (type === 'PaymentReleaseRequested' && Check(events.PaymentReleaseRequested, data))
    return answer('RecordRelease', { attempt: data.attempt })
  if (type === 'PaymentRefundRequested' && Check(events.PaymentRefundRequested, data))
    return answer('RecordRefund', {
      ...(data.refundId !== undefined && { refundId: data.refundId }),
      refundRef: 'assumed',
    })
  return []
}
