export {
  awaitsRefund,
  hasGoneBack,
  leftToRefund,
  payment,
  paymentIdOf,
  providerUnavailable,
  refundStatusOf,
} from './payment.ts'
