import { coalesce } from '../../coalesce.ts'
import type { Session } from '../../engines/postgres/database.ts'
import type { EventReaders } from './port.ts'

/** Event readers in PostgreSQL (`agora.event_readers`, `infra/postgres/186-event-readers.sql`). */
export const postgresEventReaders = (database: Session): EventReaders => ({
  declare: async (reads) => {
    const rows = [...reads].flatMap(([reader, types]) => types.map((type) => [reader, type]))
    await database.query({
      text: `INSERT INTO agora.event_readers (reader, type)
             SELECT DISTINCT reader, type FROM unnest($1::text[], $2::text[]) AS declared(reader, type)
             ORDER BY reader, type ON CONFLICT DO NOTHING`,
      values: [rows.map(([reader]) => reader), rows.map(([, type]) => type)],
    })
  },
  // An event of another program makes all followers call this at once, so calls are batched. Answers are not cached: later
  // declarations of a newer version would be missing, and its events skipped.
  readBy: coalesce(async (readers) => {
    const rows = await database.query<{ reader: string; type: string }>({
      name: 'event-readers',
      text: 'SELECT reader, type FROM agora.event_readers WHERE reader = ANY($1)',
      values: [readers],
    })
    const read = Map.groupBy(rows, ({ reader }) => reader)
    return readers.map((reader) => new Set(read.get(reader)?.map(({ type }) => type)))
  }),
})
