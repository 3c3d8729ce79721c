import { module } from '../../serving/module.ts'
import { analyticsChannel } from './channel.ts'
import { replay } from './language.ts'

/** The context `analytics`. */
export const analytics = module({
  name: 'analytics',
  about: 'The event log, for analysts; secrets and persons are masked',
  deciders: [replay],
  channels: [analyticsChannel],
})
