export {
  awaitsRefund,
  hasGoneBack,
  leftToRefund,
  payment,
  paymentIdOf,
  pendingRefunds,
  providerUnavailable,
  refundStatusOf,
} from './payment.ts'
