import { module } from '../../serving/module.ts'
import { indexRebuild } from './jobs/index-rebuild.ts'
import { recordRebuilds } from './jobs/record-rebuilds.ts'
import { searchIndex } from './language.ts'
import { indexRoutes } from './routes/index-management.ts'
import { searchRoutes } from './routes/searches.ts'
import { suggestionRoutes } from './routes/suggestions.ts'

/** The context `search`. */
export const search = module({
  name: 'search',
  about: 'Search of products, gigs, users and orders',
  deciders: [searchIndex],
  routes: [...searchRoutes, ...suggestionRoutes, ...indexRoutes],
  chores: [recordRebuilds],
  workflows: [indexRebuild],
})
