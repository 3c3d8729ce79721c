import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { profile, follow } from './language.ts'

/** The context `profiles`. */
export const profiles = module({
  name: 'profiles',
  about: 'People',
  deciders: [profile, follow],
  erase,
})
