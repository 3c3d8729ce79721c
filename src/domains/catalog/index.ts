import { module } from '../../serving/module.ts'
import { product } from './language.ts'
import { published } from './published.ts'
import { routes } from './routes.ts'

/** The context `catalog`. */
export const catalog = module({
  name: 'catalog',
  about: 'Products on sale',
  deciders: [product],
  published,
  routes,
})
