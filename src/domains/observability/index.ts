import { module } from '../../serving/module.ts'
import { opsChannel } from './channel.ts'
import { tellAdmins } from './jobs/tell-admins.ts'
import { watch } from './jobs/watch.ts'
import { alert } from './language.ts'
import { alertRoutes } from './routes/alerts.ts'
import { logRoutes } from './routes/logs.ts'

/** The context `observability`. */
export const observability = module({
  name: 'observability',
  about: 'For operators: log lines and alerts of all processes',
  deciders: [alert],
  routes: [...logRoutes, ...alertRoutes],
  channels: [opsChannel],
  jobs: [tellAdmins],
  chores: [watch],
})
