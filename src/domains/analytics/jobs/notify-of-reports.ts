import { derivedId, isRefusal } from '#kernel'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import { notification } from '../../notifications/language.ts'
import { NotificationId } from '../../shared/index.ts'
import { report, type ReportId } from '../language.ts'
import { linkToReport } from '../services/report-links.ts'

const texts = {
  report_completed: {
    subject: 'Your report is done',
    text: 'A report that you have requested can be downloaded now.',
  },
  report_failed: {
    subject: 'Your report could not be made',
    text: 'A report that you have requested could not be made; request it again.',
  },
} as const

type News = { readonly reportId: ReportId; readonly type: keyof typeof texts }

/** Notifies requesters of their reports: in the app, and by mail where they have asked for it. */
export const notifyOfReports = job({
  name: 'notify-of-reports',
  from: [report],
  on: {
    ReportCompleted: ({ id }): News => ({ reportId: id, type: 'report_completed' }),
    ReportFailed: ({ id }): News => ({ reportId: id, type: 'report_failed' }),
  },
  run: async ({ reportId, type }, origin, ports) => {
    const { executor, letters } = ports
    const { state } = await executor.stateOf(report, reportId)
    if (state.status === 'none' || state.status === 'removed') return
    const { subject, text } = texts[type]
    // A mail is read where nobody is signed in.
    const link = {
      in_app: `${letters.site()}/api/v1/analytics/reports/${reportId}`,
      email: linkToReport(ports, reportId, letters.site()),
    }
    for (const channel of state.mail ? (['in_app', 'email'] as const) : (['in_app'] as const)) {
      const data = {
        userId: state.requestedBy,
        channel,
        type,
        subject,
        text: `${text}\n${link[channel]}`,
      }
      const requested = await executor.execute(
        notification,
        derivedId(NotificationId, reportId, type, channel),
        { type: 'RequestNotification', data },
        derivedOrigin(origin, channel),
      )
      if (isRefusal(requested))
        throw new Error(`The notification was refused: ${requested.refused}`)
    }
  },
  givenUp: { reportsNothing: 'the list of reports shows them' },
})
