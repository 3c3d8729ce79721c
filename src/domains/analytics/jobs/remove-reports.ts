import { derivedUuid, timeAt } from '#kernel'
import { reports } from '../../../projections/index.ts'
import { chore } from '../../../serving/chore.ts'
import { job } from '../../../serving/job.ts'
import { report } from '../language.ts'
import { reportKeyOf } from '../services/report-file.ts'

/** Age at which reports are removed, in ms. */
const oldest = 90 * 24 * 60 * 60_000

/** Most reports that are removed in a run. */
const atOnce = 100

/** Removes the file of a removed report. */
export const removeReportFile = job({
  name: 'remove-report-file',
  from: [report],
  on: { ReportRemoved: ({ id, data: { format } }) => ({ reportId: id, format }) },
  run: async ({ reportId, format }, _, { blobs }) => {
    await blobs.remove(reportKeyOf(reportId, format))
  },
  givenUp: { reportsNothing: 'the dead letter names the report' },
})

/** Removes reports that were requested more than 90 days ago, every hour. */
export const removeOldReports = chore({
  name: 'remove-old-reports',
  every: 60 * 60_000,
  run: async ({ clock, executor, readModels }) => {
    const before = timeAt(clock().getTime() - oldest)
    const { documents } = await readModels.find(reports, {
      where: { requestedAt: { lt: before } },
      sort: ['requestedAt'],
      limit: atOnce,
      counted: false,
    })
    for (const { id } of documents) {
      const commandId = derivedUuid(id, 'remove')
      const origin = { commandId, actorId: 'remove-old-reports', correlationId: commandId }
      await executor.execute(report, id, { type: 'RemoveReport', data: {} }, origin)
    }
  },
})
