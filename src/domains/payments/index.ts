import { module } from '../../serving/module.ts'
import { chargeCard } from './jobs/charge-card.ts'
import { reconcilePayments } from './jobs/reconcile-payments.ts'
import { refundCard } from './jobs/refund-card.ts'
import { payment } from './language.ts'
import { routes } from './routes.ts'

/** The context `payments`. */
export const payments = module({
  name: 'payments',
  about: 'Payments and refunds',
  deciders: [payment],
  routes,
  jobs: [chargeCard, refundCard],
  chores: [reconcilePayments],
})
