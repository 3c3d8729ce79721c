import { module } from '../../serving/module.ts'
import { quoteRoutes } from './routes/quotes.ts'

/** The context `shipping`. */
export const shipping = module({
  name: 'shipping',
  about: 'Costs and tracking of deliveries',
  routes: [...quoteRoutes],
})
