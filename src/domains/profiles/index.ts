import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { notifyOfFollows } from './jobs/notify-of-follows.ts'
import { block, follow, profile } from './language.ts'
import { published } from './published.ts'
import { blockRoutes } from './routes/blocks.ts'
import { followRequestRoutes } from './routes/follow-requests.ts'
import { followRoutes } from './routes/follows.ts'
import { ownProfileRoutes } from './routes/own-profile.ts'
import { profileRoutes } from './routes/profiles.ts'

/** The context `profiles`. */
export const profiles = module({
  name: 'profiles',
  about: 'Profiles of users',
  deciders: [profile, follow, block],
  published,
  routes: [
    ...ownProfileRoutes,
    ...profileRoutes,
    ...followRoutes,
    ...followRequestRoutes,
    ...blockRoutes,
  ],
  jobs: [notifyOfFollows],
  erase,
})
