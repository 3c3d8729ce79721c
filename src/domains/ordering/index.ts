import { module } from '../../serving/module.ts'
import { ordersChannel } from './channel.ts'
import { erase } from './erase.ts'
import { orderExpiry } from './jobs/order-expiry.ts'
import { gigOrder, order } from './language.ts'
import { published } from './published.ts'
import { earningsRoutes } from './routes/earnings.ts'
import { gigOrderRoutes } from './routes/gig-orders.ts'
import { orderDetails } from './routes/order-details.ts'
import { orderListRoutes } from './routes/order-lists.ts'
import { refundRoutes } from './routes/refunds.ts'
import { routes } from './routes/orders.ts'

/** The context `ordering`. */
export const ordering = module({
  name: 'ordering',
  about: 'Orders of products and gigs, refunds and returns',
  deciders: [order, gigOrder],
  published,
  routes: [
    ...routes,
    ...orderListRoutes,
    ...gigOrderRoutes,
    ...earningsRoutes,
    ...orderDetails,
    ...refundRoutes,
  ],
  channels: [ordersChannel],
  workflows: [orderExpiry],
  erase,
})
