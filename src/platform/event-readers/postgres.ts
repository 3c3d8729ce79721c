import type { Session } from '../postgres/database.ts'
import type { EventReaders } from './port.ts'

/** What is read, in `agora.event_readers` (`infra/postgres/186-event-readers.sql`). */
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
  readBy: async (reader) => {
    const rows = await database.query<{ type: string }>({
      text: 'SELECT type FROM agora.event_readers WHERE reader = $1',
      values: [reader],
    })
    return new Set(rows.map(({ type }) => type))
  },
})
