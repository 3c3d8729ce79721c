import { module } from '../../serving/module.ts'
import { analyticsChannel } from './channel.ts'
import { replay } from './language.ts'
import { eventRoutes } from './routes/events.ts'
import { replayRoutes } from './routes/replays.ts'
import { stateRoutes } from './routes/state.ts'
import { streamRoutes } from './routes/streams.ts'

/** The context `analytics`. */
export const analytics = module({
  name: 'analytics',
  about: 'The event log, for analysts; secret and personal fields are masked',
  deciders: [replay],
  routes: [...streamRoutes, ...eventRoutes, ...stateRoutes, ...replayRoutes],
  channels: [analyticsChannel],
})
