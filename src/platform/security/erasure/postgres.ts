import type { Catalogue } from '#kernel'
import { isMissing } from '../../storage/documents/sql-state.ts'
import type { EventLog } from '../../storage/event-log/port.ts'
import type { Mailer } from '../../external/mail/port.ts'
import type { PersonalKeys } from '../personal/port.ts'
import type { Database, Session } from '../../engines/postgres/database.ts'
import type { CheckedPlace, Forgetting, ForgettingReceipt } from './port.ts'
import { inQueueTables } from './queue-tables.ts'
import { personalTexts } from './personal-texts.ts'
import { bytesMatch, matches, valuesOf } from './tells-in-sql.ts'
import type { Sought } from './matches-person.ts'

/** Tables that the erasure treats by other means, or that hold no personal data. */
const excepted = ['agora.events', 'agora.personal_keys', 'agora.forgotten', 'agora.migrations']

/** Condition: a job has data of the person. A mail matches by its addressee's id alone. */
const jobMatches = (text: string): string =>
  `(${matches(text)} OR (queue = 'send-mail' AND strpos(${text}, $1) > 0))`

/** A job's data without the requests about the person; a bundled job keeps those about others. */
const withoutPerson = `CASE WHEN json_typeof(data) = 'array' THEN (
  SELECT coalesce(json_agg(request), '[]') FROM json_array_elements(data) AS request
  WHERE NOT ${jobMatches('request::text')}) ELSE '[]' END`

/**
 * Statements that remove the data of a person, by place. They skip the jobs that run erasures: an erasure whose job were
 * emptied would not be retried.
 */
const clearings: Readonly<Record<string, string>> = {
  snapshots: `DELETE FROM agora.snapshots
    WHERE split_part(stream, '-', 1) || '-' || $1 = stream OR state ->> 'userId' = $1 OR ${matches('state::text')}`,
  'answers to requests': `DELETE FROM agora.receipts
    WHERE strpos(scope, $1) > 0 OR strpos(encode(body, 'escape'), $1) > 0 OR ${bytesMatch('body')}`,
  'parked events': `UPDATE agora.dead_letters SET error = '(forgotten)'
    WHERE key = $1 OR strpos(error, $1) > 0 OR ${matches("key || ' ' || error")}`,
  'failures of jobs': `UPDATE agora.jobs SET error = '(forgotten)'
    WHERE error IS NOT NULL AND error <> '(forgotten)' AND (strpos(error, $1) > 0 OR ${matches('error')})`,
  jobs: `UPDATE agora.jobs SET data = ${withoutPerson}
    WHERE queue <> 'destroy-key' AND ${jobMatches('data::text')}`,
}

/** Notes in the receipt, by place. */
const notes: Readonly<Record<string, string>> = {
  'answers to requests':
    'those to sign-ups and sign-ins are encrypted and cannot be attributed to a person; they expire after a day',
}

const clear = async (session: Session, sought: Sought): Promise<readonly CheckedPlace[]> => {
  const places: CheckedPlace[] = []
  for (const [place, text] of Object.entries(clearings)) {
    const rows = await session.query({
      text: `WITH gone AS (${text} RETURNING 1), used AS (SELECT $1::text, $2::text[], $3::text[])
        SELECT 1 FROM gone`,
      values: valuesOf(sought),
    })
    const note = notes[place]
    const count = rows.length
    places.push({ place, found: count, removed: count, ...(note !== undefined && { note }) })
  }
  return places
}

/** Counts the rows with data of the person in every table. */
const searchTables = async (
  database: Database,
  sought: Sought,
): Promise<readonly CheckedPlace[]> => {
  const tables = await database.query<{ name: string }>({
    text: `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT LIKE 'pg\\_%'
        AND table_schema <> 'information_schema' AND NOT format('%I.%I', table_schema, table_name) = ANY ($1)
      ORDER BY 1`,
    values: [excepted],
  })
  const places: CheckedPlace[] = []
  for (const { name } of tables) {
    const rows = database.query<{ found: bigint }>({
      text: `SELECT count(*) AS found FROM ${name} AS t WHERE ${matches('t::text')}`,
      values: valuesOf(sought),
    })
    const [row] = await rows.catch((error: unknown) => {
      // The table of an old generation of a read model may be dropped at any time.
      if (isMissing(error)) return []
      throw error
    })
    if (row) places.push({ place: name, found: Number(row.found), removed: 0 })
  }
  return places
}

/**
 * Erases people in PostgreSQL (`infra/postgres/080-personal-keys.sql`), the log and the outbox. The key is destroyed last:
 * with it, the texts to search for can be decrypted again after a crash.
 * @param options.raw the log as stored, encrypted
 * @param options.log the same log, decrypted
 * @param options.streamsOf the streams that are about a person
 * @param options.isOfOthers whether a person's former address belongs to another account by now; default none does
 * @param options.elsewhere search other stores, and remove the data of a person there
 * @param options.beyond places that Agora cannot search, for receipts
 */
export const postgresForgetting = (
  database: Database,
  {
    keys,
    raw,
    log,
    catalogue,
    streamsOf,
    isOfOthers = async () => false,
    mailer,
    elsewhere = [],
    beyond = [],
  }: {
    readonly keys: Pick<PersonalKeys, 'destroy'>
    readonly raw: Pick<EventLog, 'read'>
    readonly log: Pick<EventLog, 'read'>
    readonly catalogue: Pick<Catalogue, 'personal' | 'upToDate'>
    readonly streamsOf: (person: string) => readonly string[]
    readonly isOfOthers?: (address: string, person: string) => Promise<boolean>
    readonly mailer: Pick<Mailer, 'forget'>
    readonly elsewhere?: readonly ((sought: Sought) => Promise<readonly CheckedPlace[]>)[]
    readonly beyond?: readonly string[]
  },
): Forgetting => ({
  forget: async (person, { streams = [] } = {}) => {
    const about = [...streamsOf(person), ...streams]
    const { log: inLog, ...known } = await personalTexts(about, { raw, log, catalogue })
    const ofOthers = await Promise.all(known.addresses.map((one) => isOfOthers(one, person)))
    const addresses = known.addresses.filter((_, nth) => !ofOthers[nth])
    const texts = [...known.texts, ...known.addresses.filter((_, nth) => ofOthers[nth])]
    const sought = { person, addresses, texts }
    const cleared = await database.transaction((session) => clear(session, sought))
    const queued = await inQueueTables(database, sought)
    const mails = await mailer.forget?.(addresses)
    const outbox: CheckedPlace =
      mails === undefined
        ? {
            place: 'mails',
            found: 0,
            removed: 0,
            note: 'they were delivered and are not stored here',
          }
        : { place: 'outbox', found: mails, removed: mails }
    const others: CheckedPlace[] = []
    for (const search of elsewhere) others.push(...(await search(sought)))
    const tables = await searchTables(database, sought)
    const places = [inLog, ...cleared, ...queued, outbox, ...others, ...tables]
    await database.query({
      text: `INSERT INTO agora.forgotten (person, receipt) VALUES ($1, $2) ON CONFLICT (person) DO UPDATE
        SET at = now(), receipt = excluded.receipt WHERE NOT EXISTS (
          SELECT FROM agora.personal_keys AS key
          WHERE key.person = excluded.person AND key.destroyed_at IS NOT NULL)`,
      values: [person, JSON.stringify(places)],
    })
    await keys.destroy(person)
  },
  receiptOf: async (person) => {
    const [row] = await database.query<{
      destroyed_at: string
      receipt: ForgettingReceipt['places']
    }>({
      text: `SELECT destroyed_at, receipt FROM agora.forgotten JOIN agora.personal_keys USING (person)
        WHERE person = $1 AND destroyed_at IS NOT NULL`,
      values: [person],
    })
    return row && { person, keyDestroyedAt: row.destroyed_at, places: row.receipt, beyond }
  },
})
