export { payment, paymentIdOf, providerUnavailable } from './payment.ts'
export {
  awaitsRefund,
  hasGoneBack,
  leftToRefund,
  pendingRefunds,
  refundStatusOf,
} from './payment-refunds.ts'
