import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { suspendGigs } from './jobs/suspend-gigs.ts'
import { gig } from './language.ts'
import { published } from './published.ts'
import { changeRoutes } from './routes/changes.ts'
import { readRoutes } from './routes/reads.ts'

/** The context `gigs`. */
export const gigs = module({
  name: 'gigs',
  about: 'Services that sellers offer in packages',
  deciders: [gig],
  published,
  routes: [...changeRoutes, ...readRoutes],
  jobs: [suspendGigs],
  erase,
})
