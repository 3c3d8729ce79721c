import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { review } from './language.ts'
import { published } from './published.ts'
import { changeRoutes } from './routes/changes.ts'
import { readRoutes } from './routes/reads.ts'

/** The context `reviews`. */
export const reviews = module({
  name: 'reviews',
  about: 'Reviews of products, gigs and people by buyers and sellers',
  deciders: [review],
  published,
  routes: [...changeRoutes, ...readRoutes],
  erase,
})
