export { awaitsRefund, hasGoneBack, leftToRefund, payment, paymentIdOf } from './payment.ts'
