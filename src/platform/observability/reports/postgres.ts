import { Check } from 'typebox/value'
import type { Database } from '../../engines/postgres/database.ts'
import { Report, type Reports } from './port.ts'

/** Reports in PostgreSQL (`infra/postgres/315-process-reports.sql`). */
export const postgresReports = (database: Pick<Database, 'query'>): Reports => ({
  put: async (report) => {
    await database.query({
      name: 'report-put',
      // Reports of processes that ended without removing theirs go with the next one.
      text: `WITH old AS (
          DELETE FROM agora.process_reports
          WHERE reported_at < clock_timestamp() - interval '1 hour' AND process <> $1)
        INSERT INTO agora.process_reports (process, report) VALUES ($1, $2)
        ON CONFLICT (process) DO UPDATE SET report = excluded.report, reported_at = clock_timestamp()`,
      values: [report.process, JSON.stringify(report)],
    })
  },
  recent: async (age) => {
    const rows = await database.query<{ report: unknown }>({
      name: 'reports-recent',
      text: `SELECT report FROM agora.process_reports
        WHERE reported_at >= clock_timestamp() - $1::double precision * interval '1 ms'
        ORDER BY process COLLATE "C"`,
      values: [age],
    })
    // Processes of another version may report other fields.
    return rows.flatMap(({ report }) => (Check(Report, report) ? [report] : []))
  },
  remove: async (process) => {
    await database.query({
      text: 'DELETE FROM agora.process_reports WHERE process = $1',
      values: [process],
    })
  },
})
