import type { Row, Session } from '../../engines/postgres/database.ts'
import type { ChainedLog, ChainEntry, LogDigests } from './port.ts'

type EntryRow = Row & {
  readonly position: bigint
  readonly events: bigint
  readonly digest: string
  readonly fingerprints: Buffer
  readonly signature: string
}

const columns = `position, events, encode(digest, 'hex') AS digest, fingerprints, signature`

const entryOf = ({ position, events, digest, fingerprints, signature }: EntryRow): ChainEntry => ({
  position,
  events,
  digest,
  fingerprints,
  signature,
})

/** The chain of digests over a log, in PostgreSQL (`infra/postgres/340-log-digests.sql`). */
export const postgresLogDigests = (database: Session, log: ChainedLog): LogDigests => ({
  last: async () => {
    const [row] = await database.query<EntryRow>({
      text: `SELECT ${columns} FROM agora.log_digests WHERE log = $1 ORDER BY position DESC LIMIT 1`,
      values: [log],
    })
    return row && entryOf(row)
  },
  after: async (position, limit) => {
    const rows = await database.query<EntryRow>({
      text: `SELECT ${columns} FROM agora.log_digests
             WHERE log = $1 AND ($2::bigint IS NULL OR position > $2) ORDER BY position LIMIT $3`,
      values: [log, position ?? null, limit],
    })
    return rows.map(entryOf)
  },
  add: async (after, { position, events, digest, fingerprints, signature }) => {
    // Of two processes that add at once, one finds another last entry, or violates a unique constraint.
    const rows = await database.query({
      text: `INSERT INTO agora.log_digests (log, position, events, digest, fingerprints, signature)
             SELECT $1, $3, $4, decode($5, 'hex'), $6, $7
             WHERE (SELECT max(position) FROM agora.log_digests WHERE log = $1) IS NOT DISTINCT FROM $2
             ON CONFLICT DO NOTHING RETURNING 1`,
      values: [log, after ?? null, position, events, digest, fingerprints, signature],
    })
    return rows.length === 1
  },
})
