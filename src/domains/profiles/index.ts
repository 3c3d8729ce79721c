import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { profile, follow } from './language.ts'
import { followRoutes } from './routes/follows.ts'
import { ownProfileRoutes } from './routes/own-profile.ts'
import { profileRoutes } from './routes/profiles.ts'

/** The context `profiles`. */
export const profiles = module({
  name: 'profiles',
  about: 'Profiles of users',
  deciders: [profile, follow],
  routes: [...ownProfileRoutes, ...profileRoutes, ...followRoutes],
  erase,
})
