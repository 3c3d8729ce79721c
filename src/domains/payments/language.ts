// Exports of this context for other parts of Agora: its deciders, ids and types.

export { payment, paymentIdOf } from './payment.ts'
export { providerUnavailable } from './payment-authorisation.ts'
export { releaseIn } from './payment-state.ts'
export {
  awaitsRefund,
  hasGoneBack,
  leftToRefund,
  pendingRefunds,
  refundStatusOf,
} from './payment-refunds.ts'
