import { module } from '../serving/module.ts'
import { discoveryRoutes } from './routes/discovery.ts'
import { platformRoutes } from './routes/platform.ts'
import { systemRoutes } from './routes/system.ts'

/** What operators and probes use, beside the contexts. */
export const operationModules = [
  module({
    name: 'platform',
    about: 'For operators: read models, sagas, dead letters',
    routes: platformRoutes,
  }),
  module({ name: 'discovery', about: 'Which processes serve what', routes: discoveryRoutes }),
  module({ name: 'system', about: 'Whether Agora is well', routes: systemRoutes }),
] as const
