export { payment, paymentIdOf, providerUnavailable } from './payment.ts'
