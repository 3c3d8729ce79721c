import type { Database, Row } from '../../engines/postgres/database.ts'
import type { Snapshot, Snapshots } from './port.ts'

/** Snapshots in PostgreSQL (`infra/postgres/002-snapshots.sql`). */
export const postgresSnapshots = (database: Database): Snapshots => ({
  load: async (stream, stateVersion) => {
    const [row] = await database.query<Row & Omit<Snapshot, 'stream' | 'stateVersion'>>({
      name: 'load-snapshot',
      text: `SELECT revision, position, state, commands FROM agora.snapshots
             WHERE stream = $1 AND state_version = $2`,
      values: [stream, stateVersion],
    })
    return row && { stream, stateVersion, ...row }
  },
  save: async ({ stream, stateVersion, revision, position, state, commands }) => {
    await database.query({
      name: 'save-snapshot',
      text: `INSERT INTO agora.snapshots AS kept (stream, state_version, revision, position, state, commands)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (stream) DO UPDATE SET state_version = excluded.state_version,
               revision = excluded.revision, position = excluded.position, state = excluded.state,
               commands = excluded.commands, at = now()
             WHERE kept.state_version <> excluded.state_version OR kept.revision <= excluded.revision`,
      values: [
        stream,
        stateVersion,
        revision,
        position,
        JSON.stringify(state),
        JSON.stringify(commands),
      ],
    })
  },
})
