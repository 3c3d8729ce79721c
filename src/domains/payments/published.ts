import { Type } from 'typebox'
import { Fields, publishing } from '#kernel'
import { OrderId, PaymentId, RecordedMoney } from '../shared/index.ts'
import { payment } from './payment.ts'

const ofPayment = publishing(payment)

const ids = { paymentId: PaymentId, orderId: OrderId }

/** Events of this context for other systems. References of the provider are not published. */
export const published = [
  ofPayment('PaymentCompleted', {
    data: Fields(ids),
    of: ({ orderId }, paymentId) => ({ paymentId, orderId }),
  }),
  ofPayment('PaymentFailed', {
    data: Fields({ ...ids, reason: Type.String() }),
    of: ({ orderId, reason }, paymentId) => ({ paymentId, orderId, reason }),
  }),
  ofPayment('PaymentRefunded', {
    data: Fields({ ...ids, amount: Type.Optional(RecordedMoney) }),
    of: ({ orderId, amount }, paymentId) => ({ paymentId, orderId, ...(amount && { amount }) }),
  }),
]
