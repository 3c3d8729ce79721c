import { module } from '../../serving/module.ts'
import { payment } from './language.ts'
import { routes } from './routes.ts'

/** The context `payments`. */
export const payments = module({
  name: 'payments',
  about: 'Money taken and given back',
  deciders: [payment],
  routes,
})
