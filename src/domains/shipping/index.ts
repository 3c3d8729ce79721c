import { module } from '../../serving/module.ts'
import { shipment } from './language.ts'
import { erase } from './erase.ts'
import { published } from './published.ts'
import { quoteRoutes } from './routes/quotes.ts'
import { shipmentRoutes } from './routes/shipments.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** The context `shipping`. */
export const shipping = module({
  name: 'shipping',
  about: 'Costs and tracking of deliveries',
  deciders: [shipment],
  published,
  routes: [...quoteRoutes, ...shipmentRoutes, ...webhookRoutes],
  erase,
})
