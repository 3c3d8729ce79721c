import { module } from '../../serving/module.ts'
import { analyticsChannel } from './channel.ts'
import { erase } from './erase.ts'
import { checkThresholds } from './jobs/check-thresholds.ts'
import { makeReport } from './jobs/make-report.ts'
import { notifyOfBreaches } from './jobs/notify-of-breaches.ts'
import { removeOldReports, removeReportFile } from './jobs/remove-reports.ts'
import { regularReport } from './jobs/regular-report.ts'
import { notifyOfReports } from './jobs/notify-of-reports.ts'
import { activity, replay, report, threshold } from './language.ts'
import { activityRoutes } from './routes/activity.ts'
import { dashboardRoutes } from './routes/dashboard.ts'
import { documentRoutes } from './routes/documents.ts'
import { eventRoutes } from './routes/events.ts'
import { replayRoutes } from './routes/replays.ts'
import { reportRoutes } from './routes/reports.ts'
import { stateRoutes } from './routes/state.ts'
import { streamRoutes } from './routes/streams.ts'
import { thresholdRoutes } from './routes/thresholds.ts'

/** The context `analytics`. */
export const analytics = module({
  name: 'analytics',
  about:
    'The event log, for analysts, with secret and personal fields masked; what users do, figures, reports and thresholds',
  deciders: [replay, activity, report, threshold],
  routes: [
    ...streamRoutes,
    ...eventRoutes,
    ...stateRoutes,
    ...documentRoutes,
    ...replayRoutes,
    ...activityRoutes,
    ...dashboardRoutes,
    ...reportRoutes,
    ...thresholdRoutes,
  ],
  channels: [analyticsChannel],
  jobs: [makeReport, notifyOfReports, notifyOfBreaches, removeReportFile],
  chores: [checkThresholds, removeOldReports],
  workflows: [regularReport],
  erase,
})
