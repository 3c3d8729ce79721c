import { derivedUuid } from '#kernel'
import { coalesce } from '../../coalesce.ts'
import type { Database, Row } from '../../engines/postgres/database.ts'
import {
  mostListed,
  requestTypes,
  type DeadLetter,
  type DeadLetters,
  type Follower,
} from './port.ts'

const columns = 'id, kind, name, generation, key, position, type, error, attempts, at'

/** Whether a request is another than the one that `park` answers. */
const isNewer = 'kept.retry_requested AND kept.type <> coalesce($9::text, kept.type)'

/** Dead letters in PostgreSQL (`infra/postgres/020-runtime.sql`). */
export const postgresDeadLetters = (database: Database): DeadLetters => {
  // All followers read theirs when they start: they share statements.
  const select = coalesce<Follower & { readonly requested: boolean }, readonly DeadLetter[]>(
    async (some) => {
      const rows = await database.query<DeadLetter & Row & { nth: number }>({
        text: `SELECT asked.nth::integer, letter.*
               FROM unnest($1::text[], $2::text[], $3::integer[], $4::boolean[])
                 WITH ORDINALITY AS asked(kind, name, generation, requested, nth)
               CROSS JOIN LATERAL (
                 SELECT ${columns} FROM agora.dead_letters
                 WHERE kind = asked.kind AND name = asked.name AND generation = asked.generation
                   AND (NOT asked.requested OR retry_requested)
               ) AS letter`,
        values: [
          some.map(({ kind }) => kind),
          some.map(({ name }) => name),
          some.map(({ generation }) => generation),
          some.map(({ requested }) => requested),
        ],
      })
      const found = Map.groupBy(rows, ({ nth }) => nth)
      return some.map((_, index) => found.get(index + 1)?.map(({ nth: _nth, ...row }) => row) ?? [])
    },
    { lanes: 3 },
  )
  return {
    park: async ({ kind, name, generation }, { key, position, type, error }, answered) => {
      const id = derivedUuid(kind, name, String(generation), key)
      await database.query({
        text: `INSERT INTO agora.dead_letters AS kept (id, kind, name, generation, key, position, type, error)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (id) DO UPDATE SET error = excluded.error, attempts = kept.attempts + 1,
                 at = now(),
                 type = CASE WHEN kept.position <> excluded.position OR (${isNewer}) THEN kept.type ELSE excluded.type END,
                 retry_requested = ${isNewer}`,
        values: [id, kind, name, generation, key, position, type, error, answered ?? null],
      })
    },
    request: async ({ kind, name, generation }, { key, position, type, error }) => {
      const id = derivedUuid(kind, name, String(generation), key)
      await database.query({
        text: `INSERT INTO agora.dead_letters (id, kind, name, generation, key, position, type, error, retry_requested)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true)
               ON CONFLICT (id) DO UPDATE SET type = excluded.type, error = excluded.error, attempts = 1,
                 at = now(), retry_requested = true`,
        values: [id, kind, name, generation, key, position, type, error],
      })
    },
    advance: async (id, { position, type, error }) => {
      await database.query({
        text: `UPDATE agora.dead_letters SET position = $2, type = $3, error = $4, attempts = 1, at = now(),
                 retry_requested = false WHERE id = $1`,
        values: [id, position, type, error],
      })
    },
    list: (follower) =>
      follower
        ? select({ ...follower, requested: false })
        : database.query<DeadLetter & Row>(
            `SELECT ${columns} FROM agora.dead_letters ORDER BY at DESC LIMIT ${mostListed}`,
          ),
    find: async (id) => {
      const [found] = await database.query<DeadLetter & Row>({
        text: `SELECT ${columns} FROM agora.dead_letters WHERE id::text = $1`,
        values: [id],
      })
      return found
    },
    counts: () =>
      database.query<Pick<DeadLetter, 'kind' | 'name'> & { count: number }>({
        name: 'dead-letter-counts',
        text: 'SELECT kind, name, count(*)::int AS count FROM agora.dead_letters GROUP BY kind, name',
      }),
    // Compared as text: ids come from operators and need not be UUIDs.
    requestRetry: async (id) => {
      const rows = await database.query({
        text: `UPDATE agora.dead_letters SET retry_requested = true, type = CASE type WHEN $2 THEN $3 ELSE type END
               WHERE id::text = $1 RETURNING 1`,
        values: [id, requestTypes.skip, requestTypes.retry],
      })
      return rows.length === 1
    },
    requestSkip: async (id, position) => {
      const rows = await database.query({
        text: `UPDATE agora.dead_letters SET retry_requested = true, type = $3
               WHERE id::text = $1 AND position = $2 AND kind = 'bridge' RETURNING 1`,
        values: [id, position, requestTypes.skip],
      })
      return rows.length === 1
    },
    requested: (follower) => select({ ...follower, requested: true }),
    resolve: async (id) => {
      await database.query({ text: 'DELETE FROM agora.dead_letters WHERE id = $1', values: [id] })
    },
  }
}
