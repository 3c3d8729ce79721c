import type { Database } from '../../engines/postgres/database.ts'
import { streamsPerPage, type StreamIndex } from './port.ts'

/** Index of streams in PostgreSQL (`infra/postgres/061-stream-index.sql`). */
export const postgresStreamIndex = (database: Database): StreamIndex => ({
  position: async () => {
    const [row] = await database.query<{ position: bigint }>(
      'SELECT position FROM agora.stream_index_position',
    )
    return row!.position
  },

  add: async (from, slice) => {
    // A second process waits for the lock of the first, then finds another position and counts nothing.
    const rows = await database.query({
      name: 'stream-index-add',
      text: `WITH moved AS (
               UPDATE agora.stream_index_position SET position = $2 WHERE position = $1 RETURNING 1
             ), counted AS (
               INSERT INTO agora.stream_index AS kept (stream, events, started_at, position)
               SELECT e.stream, count(*), (array_agg(e.at ORDER BY e.position))[1], min(e.position)
               FROM unnest($3::text[], $4::timestamptz[], $5::bigint[]) AS e(stream, at, position)
               WHERE EXISTS (SELECT FROM moved)
               GROUP BY e.stream
               ON CONFLICT (stream) DO UPDATE SET events = kept.events + excluded.events
             )
             SELECT FROM moved`,
      values: [
        from,
        slice.position,
        slice.events.map(({ stream }) => stream),
        slice.events.map(({ at }) => at),
        slice.events.map(({ position }) => position),
      ],
    })
    return rows.length === 1
  },

  categories: () =>
    database.query<{ category: string; streams: number; events: number }>(
      `SELECT category, count(*)::integer AS streams, sum(events)::integer AS events
       FROM agora.stream_index GROUP BY 1 ORDER BY 1`,
    ),

  streams: ({ category, after = 0n, limit = streamsPerPage } = {}) =>
    database.query<{
      stream: string
      category: string
      events: number
      startedAt: string
      position: bigint
    }>({
      text: `SELECT stream, category, events, started_at AS "startedAt", position
             FROM agora.stream_index
             WHERE position > $1 AND ($2::text IS NULL OR category = $2)
             ORDER BY position LIMIT $3`,
      values: [after, category ?? null, limit],
    }),

  clear: () =>
    database.transaction(async (session) => {
      await session.query('UPDATE agora.stream_index_position SET position = 0')
      await session.query('TRUNCATE agora.stream_index')
    }),
})
