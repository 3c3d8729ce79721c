import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { cancelDeliveries } from './jobs/cancel-deliveries.ts'
import { removeOldDeliveries } from './jobs/remove-deliveries.ts'
import { requestDeliveries } from './jobs/request-deliveries.ts'
import { retryDeliveries } from './jobs/retry-deliveries.ts'
import { sendDelivery } from './jobs/send-delivery.ts'
import { delivery, webhook } from './language.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** The context `webhooks`. */
export const webhooks = module({
  name: 'webhooks',
  about: 'Webhooks: published events, delivered to endpoints of other systems',
  deciders: [webhook, delivery],
  routes: [...webhookRoutes, ...deliveryRoutes],
  jobs: [requestDeliveries, sendDelivery, cancelDeliveries],
  chores: [retryDeliveries, removeOldDeliveries],
  erase,
})
