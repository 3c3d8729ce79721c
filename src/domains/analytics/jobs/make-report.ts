import { job } from '../../../serving/job.ts'
import { report } from '../language.ts'
import { reportKeyOf, storeReport, type Wanted } from '../services/report-file.ts'

/** Makes the file of a requested report. */
export const makeReport = job({
  name: 'make-report',
  from: [report],
  on: {
    ReportRequested: ({ id, data: { kind, format, from, to, timeZone } }): Wanted => ({
      reportId: id,
      kind,
      format,
      from,
      to,
      timeZone,
    }),
  },
  run: async (wanted, origin, ports) => {
    const head = await ports.log.head()
    const data = await storeReport(ports, wanted, head)
    const command = { type: 'CompleteReport' as const, data }
    await ports.executor.execute(report, wanted.reportId, command, origin)
    const { state } = await ports.executor.stateOf(report, wanted.reportId)
    // It was removed while its file was made.
    if (state.status === 'removed')
      await ports.blobs.remove(reportKeyOf(wanted.reportId, wanted.format))
  },
  givenUp: async ({ reportId }, origin, _, { executor }) => {
    const data = { reason: 'The figures could not be computed in time; request it again.' }
    await executor.execute(report, reportId, { type: 'FailReport', data }, origin)
  },
  options: { attempts: 8, backoff: 500 },
})
