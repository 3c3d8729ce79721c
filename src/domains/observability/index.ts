import { module } from '../../serving/module.ts'
import { opsChannel } from './channel.ts'
import { archiveStreams } from './jobs/archive-streams.ts'
import { tellAdmins } from './jobs/tell-admins.ts'
import { watch } from './jobs/watch.ts'
import { alert } from './language.ts'
import { alertRoutes } from './routes/alerts.ts'
import { logRoutes } from './routes/logs.ts'
import { processRoutes } from './routes/processes.ts'

/** The context `observability`. */
export const observability = module({
  name: 'observability',
  about: 'For operators: log lines, alerts and measurements of all processes',
  deciders: [alert],
  routes: [...logRoutes, ...alertRoutes, ...processRoutes],
  channels: [opsChannel],
  jobs: [tellAdmins],
  chores: [watch],
  workflows: [archiveStreams],
})
