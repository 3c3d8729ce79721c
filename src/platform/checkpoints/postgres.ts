import type { Database } from '../postgres/database.ts'
import { unhurried } from '../postgres/unhurried.ts'
import type { Checkpoints } from './port.ts'

/** Checkpoints in PostgreSQL (`infra/postgres/020-runtime.sql`). */
export const postgresCheckpoints = (database: Database): Checkpoints => ({
  load: async (name) => {
    const [row] = await database.query<{ position: bigint }>({
      text: 'SELECT position FROM agora.checkpoints WHERE name = $1',
      values: [name],
    })
    return row?.position ?? 0n
  },
  save: async (name, from, to) => {
    const rows = await database.query({
      name: 'save-checkpoint',
      text: `INSERT INTO agora.checkpoints AS kept (name, position)
             SELECT $1, $3 WHERE $2::bigint = 0 OR EXISTS (SELECT FROM agora.checkpoints WHERE name = $1)
             ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE kept.position = $2
             RETURNING ${unhurried}`,
      values: [name, from, to],
    })
    return rows.length === 1
  },
})
