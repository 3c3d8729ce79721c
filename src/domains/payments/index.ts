export { payment, paymentIdOf } from './payment.ts'
