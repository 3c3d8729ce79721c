import { module } from '../../serving/module.ts'
import { askProvider } from './jobs/ask-provider.ts'
import { authoriseCard } from './jobs/authorise-card.ts'
import { captureCard } from './jobs/capture-card.ts'
import { chargeCard } from './jobs/charge-card.ts'
import { paymentReconciliation, reconcilePayments } from './jobs/reconcile-payments.ts'
import { refundCard } from './jobs/refund-card.ts'
import { releaseCard } from './jobs/release-card.ts'
import { payment } from './language.ts'
import { published } from './published.ts'
import { routes } from './routes.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** The context `payments`. */
export const payments = module({
  name: 'payments',
  about: 'Payments and refunds',
  deciders: [payment],
  published,
  routes: [...routes, ...webhookRoutes],
  jobs: [chargeCard, refundCard, authoriseCard, captureCard, releaseCard, askProvider],
  chores: [reconcilePayments],
  workflows: [paymentReconciliation],
})
