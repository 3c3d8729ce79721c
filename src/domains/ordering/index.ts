import { module } from '../../serving/module.ts'
import { order } from './language.ts'
import { orderDetails } from './order-details.ts'
import { refundRoutes } from './refund-routes.ts'
import { routes } from './routes.ts'

/** The context `ordering`. */
export const ordering = module({
  name: 'ordering',
  about: 'Orders, from the checkout to the doorstep',
  deciders: [order],
  routes: [...routes, ...orderDetails, ...refundRoutes],
})
