import type { Database, Row, Session } from '../../engines/postgres/database.ts'
import {
  mostGroups,
  StaleTerm,
  type ConsumerGroups,
  type GroupDefinition,
  type GroupKey,
  type GroupSummary,
  type LeaderAddress,
  type ParkedMessage,
  type StoredGroup,
} from './port.ts'

type GroupRow = Row & {
  readonly source: string
  readonly name: string
  readonly definition: GroupDefinition
  readonly checkpoint: bigint
  /** Decimal digits: JSON has no 64 bits. */
  readonly ahead: readonly string[]
  readonly retries: readonly (readonly [string, number])[]
  readonly parked: number
}

const groupOf = (row: GroupRow): StoredGroup => ({
  source: row.source,
  name: row.name,
  ...row.definition,
  progress: {
    checkpoint: row.checkpoint,
    ahead: row.ahead.map(BigInt),
    retries: row.retries.map(([place, count]) => [BigInt(place), count]),
  },
  parked: row.parked,
})

const columns = `source, name, definition, checkpoint, ahead, retries,
  (SELECT count(*)::int FROM agora.parked_messages AS parked
   WHERE parked.source = groups.source AND parked.name = groups.name AND NOT replaying) AS parked`

const existing = ({ source, name }: GroupKey) => ({
  text: 'SELECT FROM agora.consumer_groups WHERE source = $1 AND name = $2',
  values: [source, name],
})

/** Marks the first parked messages, and returns them; a concurrent request marks those after them. */
const replayOf = ({ source, name }: GroupKey, limit: number | undefined) => ({
  // Chosen once, before the update: a plan that chose anew for each row would lock and choose others each time.
  text: `WITH chosen AS MATERIALIZED (
           SELECT position FROM agora.parked_messages
           WHERE source = $1 AND name = $2 AND NOT replaying ORDER BY position LIMIT $3 FOR UPDATE)
         UPDATE agora.parked_messages AS parked SET replaying = true FROM chosen
         WHERE parked.source = $1 AND parked.name = $2 AND parked.position = chosen.position
         RETURNING parked.position AS place, retries, reason`,
  values: [source, name, limit ?? null],
})

/**
 * Checks that no later term has begun, and holds off the next until the transaction ends.
 * @throws StaleTerm
 */
const checkTerm = async (session: Session, term: bigint): Promise<void> => {
  const rows = await session.query({
    text: 'SELECT FROM agora.consumer_group_leader WHERE term = $1 FOR SHARE',
    values: [term],
  })
  if (rows.length === 0) throw new StaleTerm()
}

/** Consumer groups in PostgreSQL (`infra/postgres/380-consumer-groups.sql`). */
export const postgresConsumerGroups = (
  database: Pick<Database, 'query' | 'transaction'>,
): ConsumerGroups => {
  const inTerm = <T>(term: bigint, work: (session: Session) => Promise<T>): Promise<T> =>
    database.transaction(async (session) => {
      await checkTerm(session, term)
      return work(session)
    })

  return {
    lead: async ({ host, port }) => {
      const [row] = await database.query<{ term: bigint }>({
        text: `INSERT INTO agora.consumer_group_leader AS leader (term, host, port) VALUES (1, $1, $2)
               ON CONFLICT (only_one) DO UPDATE SET term = leader.term + 1, host = excluded.host, port = excluded.port
               RETURNING term`,
        values: [host, port],
      })
      return row!.term
    },
    leader: async () => {
      const [row] = await database.query<LeaderAddress & Row>(
        'SELECT host, port FROM agora.consumer_group_leader',
      )
      return row
    },
    create: (term, { source, name }, definition, checkpoint) =>
      inTerm(term, async ({ query }) => {
        const created = await query({
          text: `INSERT INTO agora.consumer_groups (source, name, definition, checkpoint)
                 SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM agora.consumer_groups) < $5
                 ON CONFLICT DO NOTHING RETURNING 1`,
          values: [source, name, JSON.stringify(definition), checkpoint, mostGroups],
        })
        if (created.length > 0) return 'created'
        const found = await query(existing({ source, name }))
        return found.length > 0 ? 'exists' : 'full'
      }),
    update: (term, { source, name }, { startFrom, settings }, checkpoint) =>
      inTerm(term, async ({ query }) => {
        const updated = await query({
          text: `UPDATE agora.consumer_groups
                 SET definition = definition || $3::jsonb, checkpoint = CASE WHEN has_saved THEN checkpoint ELSE $4 END
                 WHERE source = $1 AND name = $2 RETURNING 1`,
          values: [source, name, JSON.stringify({ startFrom, settings }), checkpoint],
        })
        return updated.length > 0
      }),
    remove: (term, { source, name }) =>
      inTerm(term, async ({ query }) => {
        const removed = await query({
          text: 'DELETE FROM agora.consumer_groups WHERE source = $1 AND name = $2 RETURNING 1',
          values: [source, name],
        })
        return removed.length > 0
      }),
    find: async ({ source, name }) => {
      const [row] = await database.query<GroupRow>({
        text: `SELECT ${columns} FROM agora.consumer_groups AS groups WHERE source = $1 AND name = $2`,
        values: [source, name],
      })
      return row && groupOf(row)
    },
    list: async () => {
      const rows = await database.query<GroupRow>(
        `SELECT ${columns} FROM agora.consumer_groups AS groups ORDER BY source, name`,
      )
      return rows.map(groupOf)
    },
    summaries: () =>
      database.query<GroupSummary & Row>(
        `SELECT source, name, definition->>'view' AS view, definition->'settings'->>'strategy' AS strategy, checkpoint,
           coalesce(waiting.parked, 0) AS parked, coalesce(waiting.replaying, 0) AS replaying
         FROM agora.consumer_groups LEFT JOIN (
           SELECT source, name, count(*) FILTER (WHERE NOT replaying)::int AS parked,
             count(*) FILTER (WHERE replaying)::int AS replaying
           FROM agora.parked_messages GROUP BY source, name) AS waiting USING (source, name)
         ORDER BY source, name`,
      ),
    save: (term, { source, name }, { progress, parked, settled }) =>
      inTerm(term, async ({ query }) => {
        const saved = await query({
          text: `UPDATE agora.consumer_groups SET checkpoint = $3, ahead = $4, retries = $5, has_saved = true
                 WHERE source = $1 AND name = $2 RETURNING 1`,
          values: [
            source,
            name,
            progress.checkpoint,
            JSON.stringify(progress.ahead.map(String)),
            JSON.stringify(progress.retries.map(([place, count]) => [String(place), count])),
          ],
        })
        if (saved.length === 0) return
        if (settled.length > 0)
          await query({
            text: 'DELETE FROM agora.parked_messages WHERE source = $1 AND name = $2 AND position = ANY($3::bigint[])',
            values: [source, name, settled],
          })
        if (parked.length > 0)
          await query({
            text: `INSERT INTO agora.parked_messages (source, name, position, retries, reason)
                   SELECT $1, $2, * FROM unnest($3::bigint[], $4::int[], $5::text[])
                   ON CONFLICT (source, name, position) DO UPDATE
                   SET retries = excluded.retries, reason = excluded.reason, parked_at = now(), replaying = false`,
            values: [
              source,
              name,
              parked.map(({ place }) => place),
              parked.map(({ retries }) => retries),
              parked.map(({ reason }) => reason),
            ],
          })
      }),
    replay: (term, key, limit) =>
      inTerm(term, async ({ query }) => {
        const rows = await query<ParkedMessage & Row>(replayOf(key, limit))
        return rows.toSorted((a, b) => (a.place < b.place ? -1 : 1))
      }),
    requestReplay: async (key, limit) => {
      const rows = await database.query(replayOf(key, limit))
      if (rows.length > 0) return rows.length
      const found = await database.query(existing(key))
      return found.length > 0 ? 0 : undefined
    },
    replaying: ({ source, name }) =>
      database.query<ParkedMessage & Row>({
        text: `SELECT position AS place, retries, reason FROM agora.parked_messages
               WHERE source = $1 AND name = $2 AND replaying ORDER BY position`,
        values: [source, name],
      }),
  }
}
