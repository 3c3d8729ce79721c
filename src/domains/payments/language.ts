// What other parts of Agora may use of this context: its deciders, ids and types.

export { payment, paymentIdOf, providerUnavailable } from './payment.ts'
export {
  awaitsRefund,
  hasGoneBack,
  leftToRefund,
  pendingRefunds,
  refundStatusOf,
} from './payment-refunds.ts'
