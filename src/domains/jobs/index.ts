import { module } from '../../serving/module.ts'
import { jobTasks } from './channel.ts'
import { fireDueJobs } from './jobs/fire-due-jobs.ts'
import { runWorkflow } from './jobs/run-workflow.ts'
import { schedule } from './language.ts'
import { routes } from './routes.ts'

/** The context `jobs`. */
export const jobs = module({
  name: 'jobs',
  about: 'Jobs that admins schedule: once, by cron, or in intervals',
  deciders: [schedule],
  routes,
  channels: [jobTasks],
  jobs: [runWorkflow],
  chores: [fireDueJobs],
})
