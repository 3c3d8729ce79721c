import { module } from '../serving/module.ts'
import { auditRoutes } from './routes/audits.ts'
import { consumerGroupRoutes } from './routes/consumer-groups.ts'
import { discoveryRoutes } from './routes/discovery.ts'
import { logDigestRoutes } from './routes/log-digests.ts'
import { platformRoutes } from './routes/platform.ts'
import { sagaRoutes } from './routes/sagas.ts'
import { systemRoutes } from './routes/system.ts'
import { traceRoutes } from './routes/traces.ts'

/** Modules for operators and probes, beside the contexts. */
export const operationModules = [
  module({
    name: 'platform',
    about: 'For operators: read models, their audits, sagas, dead letters',
    routes: [
      ...platformRoutes,
      ...consumerGroupRoutes,
      ...sagaRoutes,
      ...auditRoutes,
      ...traceRoutes,
      ...logDigestRoutes,
    ],
  }),
  module({
    name: 'discovery',
    about: 'The registry of processes and the contexts that they serve',
    routes: discoveryRoutes,
  }),
  module({ name: 'system', about: 'Health of Agora', routes: systemRoutes }),
] as const
