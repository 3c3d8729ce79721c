import type { RecordedEvent } from '#kernel'
import type { EventLog } from '../event-log/port.ts'
import type { Database, Session } from '../../engines/postgres/database.ts'

/** The followers have followed another log so far; positions of the two must not be mixed. */
export class OtherLog extends Error {
  override name = 'OtherLog'
}

type Bookmark = {
  readonly place: 'first' | 'last'
  readonly stream: string
  readonly revision: number
  readonly event_id: string
  readonly position: bigint
  readonly named: string
}

/** A log with its name in messages. */
export type NamedLog = {
  readonly log: Pick<EventLog, 'read' | 'readAll' | 'head'>
  /** URL of the log, without a password. */
  readonly named: string
  /** Whether the log is in the PostgreSQL of the read models. */
  readonly own: boolean
}

const bookmarks = (session: Session): Promise<Bookmark[]> =>
  session.query<Bookmark>(
    'SELECT place, stream, revision, event_id, position, named FROM agora.followed_log ORDER BY place',
  )

/** The greatest position that a follower has reached. */
const reachedBy = async (session: Session): Promise<bigint> => {
  const [row] = await session.query<{ reached: bigint }>(
    `SELECT greatest((SELECT max(position) FROM agora.checkpoints),
                     (SELECT max(position) FROM agora.generations WHERE status IN ('building', 'live')),
                     (SELECT max(position) FROM agora.generation_parts), 0) AS reached`,
  )
  return row!.reached
}

const remedy = (old: string, now: string) =>
  `Nothing was changed. Go back to ${old}; or move what is in it with "npx agora copy --from <the old log> --to <the new one> --switch" while Agora is stopped; or let ${now} be followed from a PostgreSQL of its own.`

/**
 * Checks that a log is the one that was followed so far, if any was.
 * @param database of the read models and checkpoints
 * @throws OtherLog with the difference, and instructions
 */
export const checkFollowedLog = async (
  database: Session,
  { log, named, own }: NamedLog,
): Promise<void> => {
  const marks = await bookmarks(database)
  for (const { stream, revision, event_id, position, named: old } of marks) {
    const [event] = await log.read(stream, { from: revision, limit: 1 })
    if (event?.eventId !== event_id || event.position !== position)
      throw new OtherLog(
        `The read models, sagas and jobs in this PostgreSQL have followed the event log in ${old}, which has ${stream} at position ${position}; the one in ${named} ${event ? `has it at ${event.position}` : 'does not'}. ${remedy(old, named)}`,
      )
  }
  const reached = await reachedBy(database)
  if (marks.length === 0 && reached > 0n && !own)
    throw new OtherLog(
      `The read models, sagas and jobs in this PostgreSQL have followed the event log that is in it as well; not the one in ${named}. ${remedy('it, without EVENTSTORE_URL', named)}`,
    )
  const head = await log.head()
  if (reached > head)
    throw new OtherLog(
      `The read models, sagas and jobs in this PostgreSQL have reached position ${reached}; the event log in ${named} ends at ${head}. Was an older copy of it restored? ${remedy('the log as it was', named)}`,
    )
}

const placed = async (
  session: Session,
  place: Bookmark['place'],
  named: string,
  { stream, revision, eventId, position }: RecordedEvent,
): Promise<void> => {
  await session.query({
    text: `INSERT INTO agora.followed_log (place, stream, revision, event_id, position, named)
           VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (place) DO UPDATE SET stream = excluded.stream, revision = excluded.revision,
             event_id = excluded.event_id, position = excluded.position, named = excluded.named`,
    values: [place, stream, revision, eventId, position, named],
  })
}

/** Records the log that is followed, once it has an event. @returns whether it has one */
export const rememberLog = async (
  database: Session,
  { log, named }: Omit<NamedLog, 'own'>,
): Promise<boolean> => {
  const { events: first } = await log.readAll({ limit: 1 })
  const { events: last } = await log.readAll({ limit: 1, direction: 'backwards' })
  if (!first[0] || !last[0]) return false
  await placed(database, 'first', named, first[0])
  await placed(database, 'last', named, last[0])
  return true
}

/**
 * Switches all followers to another log that has the same events at other positions, in one transaction. Read models whose
 * documents hold positions are rebuilt at the next start, and those in other stores than PostgreSQL, which keep the position
 * of each document to tell what is new to it: their generations count as built by a version before the first.
 * @param database of the read models and checkpoints
 * @param to the new log
 * @param translate finds the positions in the new log of the last events at or before positions of the old log
 * @param withPositions names of the read models whose documents hold positions
 * @returns the names of those that will be rebuilt: none when all positions stay the same
 * @throws Error when an Agora runs on this PostgreSQL
 */
export const switchLog = (
  database: Database,
  to: NamedLog,
  translate: (positions: readonly bigint[]) => Promise<ReadonlyMap<bigint, bigint>>,
  withPositions: readonly string[] = [],
): Promise<readonly string[]> =>
  database.transaction(async (session) => {
    // The transaction is idle while positions are translated, which may take long.
    await session.query('SET LOCAL idle_in_transaction_session_timeout = 0')
    await session.query(
      'LOCK TABLE agora.checkpoints, agora.generations, agora.generation_parts, agora.dead_letters',
    )
    const [running] = await session.query<{ pids: number }>(
      `SELECT count(*)::integer AS pids FROM pg_locks JOIN pg_database d ON d.oid = database
       WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND d.datname = current_database()`,
    )
    if (running!.pids > 0)
      throw new Error('An Agora runs on this PostgreSQL; stop it first, then switch.')
    const tables = [
      'checkpoints',
      'generations',
      'generation_parts',
      'dead_letters',
      'snapshots',
    ] as const
    const rows = await session.query<{ position: bigint }>(
      `${tables.map((table) => `SELECT position FROM agora.${table} WHERE position IS NOT NULL`).join(' UNION ')} ORDER BY 1`,
    )
    const old = rows.map(({ position }) => position)
    const translated = await translate(old)
    const values = [old, old.map((position) => translated.get(position) ?? 0n)]
    for (const table of tables)
      await session.query({
        text: `UPDATE agora.${table} AS kept SET position = moved.now
               FROM unnest($1::bigint[], $2::bigint[]) AS moved(old, now) WHERE kept.position = moved.old`,
        values,
      })
    const isMoved = old.some((position) => (translated.get(position) ?? 0n) !== position)
    const outdated = isMoved
      ? await session.query<{ name: string }>({
          text: `UPDATE agora.generations SET version = 0
                 WHERE (name = ANY($1::text[]) OR store <> 'postgres') AND status IN ('building', 'live') RETURNING name`,
          values: [withPositions],
        })
      : []
    // The index of streams is rebuilt.
    await session.query('TRUNCATE agora.stream_index')
    await session.query('UPDATE agora.stream_index_position SET position = 0')
    await session.query('DELETE FROM agora.followed_log')
    await rememberLog(session, to)
    return [...new Set(outdated.map(({ name }) => name))].toSorted()
  })
