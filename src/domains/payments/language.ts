// Exports of this context for other parts of Agora: its deciders, ids and types.

export { payment, paymentIdOf, providerUnavailable } from './payment.ts'
export {
  awaitsRefund,
  hasGoneBack,
  leftToRefund,
  pendingRefunds,
  refundStatusOf,
} from './payment-refunds.ts'
