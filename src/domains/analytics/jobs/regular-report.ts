import { Type } from 'typebox'
import { derivedId, Fields, isRefusal, refusalOf } from '#kernel'
import { workflow, WorkflowFailed } from '../../../serving/workflow.ts'
import { report, ReportFormat, ReportId, ReportKind, ReportPeriod } from '../language.ts'
import { TimeZoneName } from '../time-zone.ts'

/** Requests a report of the last whole day, week or month; the admin who scheduled the job is notified when its file is there. */
export const regularReport = workflow({
  name: 'report',
  about: 'Requests a report of the last whole day, week or month.',
  payload: Fields({
    kind: ReportKind,
    format: ReportFormat,
    period: ReportPeriod,
    timeZone: Type.Optional(TimeZoneName),
    mail: Type.Optional(Type.Boolean()),
  }),
  example: {
    kind: 'sales',
    format: 'html',
    period: 'month',
    timeZone: 'Europe/Berlin',
    mail: true,
  },
  run: async ({ payload: { timeZone = 'UTC', ...asked }, scheduledBy, origin }, { executor }) => {
    const id = derivedId(ReportId, origin.commandId, 'report')
    const data = { ...asked, timeZone, requestedBy: scheduledBy }
    const answer = await executor.execute(report, id, { type: 'RequestReport', data }, origin)
    if (isRefusal(answer)) throw new WorkflowFailed(refusalOf(report, answer.refused).message)
    return { reportId: id }
  },
})
