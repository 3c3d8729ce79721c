import { randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Database } from '../../engines/postgres/database.ts'
import { sealing } from '../sealing.ts'
import { personalSeal } from './personal-seal.ts'
import type { KeyState, PersonalKeys } from './port.ts'

const channel = 'agora_personal_keys'

/** So many keys are kept ready. */
const kept = 20_000

type Row = { person: string; sealed_key: Buffer | null }

/** The keys were sealed with another secret than the present one. */
const wrongSecret = (cause: unknown) =>
  new Error(
    'The personal keys in this PostgreSQL were sealed with another secret: set AGORA_SECRET to what it was when they were made.',
    { cause },
  )

/** When to ask again who was forgotten, after an attempt that failed, in ms. */
const again = 1_000

/**
 * Whose keys were destroyed since a moment, or shortly before: what is committed late was begun early.
 * @param moment nobody's, when left out
 * @returns also the present moment
 */
const forgottenSince = async (
  database: Pick<Database, 'query'>,
  moment?: string,
): Promise<{ readonly at: string; readonly people: readonly string[] }> => {
  const rows = await database.query<{ at: string; person: string | null }>({
    text: `SELECT now() AS at, person FROM (SELECT) AS one
      LEFT JOIN agora.personal_keys ON destroyed_at > $1::timestamptz - interval '1 minute'`,
    values: [moment],
  })
  return { at: rows[0]!.at, people: rows.flatMap(({ person }) => person ?? []) }
}

/**
 * Keys in PostgreSQL (`infra/postgres/080-personal-keys.sql`), sealed, for all processes on it.
 * @param options.secret what they are sealed with: 32 bytes, for this only
 * @param options.cached so many are kept ready, default 20,000
 * @throws Unavailable
 */
export const postgresPersonalKeys = async (
  database: Database,
  { secret, cached = kept }: { readonly secret: Buffer; readonly cached?: number },
): Promise<PersonalKeys> => {
  const { seal, open } = sealing(secret)
  const keys = new LRUCache<string, KeyState>({ max: cached })
  const listeners = new Set<(person: string) => void>()
  /** Grows with every destruction that is heard of: what was asked before it may be out of date. */
  let heardOf = 0
  /** By the clock of PostgreSQL: whose keys were destroyed before it, this process has been told. */
  let heardUntil = (await forgottenSince(database)).at
  let asking: NodeJS.Timeout | undefined
  let closed = false

  const keyOf = ({ person, sealed_key }: Row): KeyState => {
    if (sealed_key === null) return 'destroyed'
    try {
      return personalSeal(open(sealed_key, person))
    } catch (error) {
      throw wrongSecret(error)
    }
  }

  const destroyed = (person: string): void => {
    heardOf += 1
    keys.set(person, 'destroyed')
    for (const listener of listeners) listener(person)
  }

  /** Asks who was forgotten while nothing could be heard, until there is an answer. */
  const askWhoIsForgotten = async (): Promise<void> => {
    try {
      const { at, people } = await forgottenSince(database, heardUntil)
      heardUntil = at
      people.forEach(destroyed)
    } catch {
      if (closed) return
      asking = setTimeout(() => void askWhoIsForgotten(), again).unref()
    }
  }

  const heard = (person: string): void => {
    if (person !== '') return destroyed(person)
    // After a pause in which something may have been missed, nothing is known.
    heardOf += 1
    keys.clear()
    clearTimeout(asking)
    void askWhoIsForgotten()
  }

  const lookUp = (people: readonly string[]): Promise<Row[]> =>
    database.query<Row>({
      name: 'personal-keys',
      text: 'SELECT person, sealed_key FROM agora.personal_keys WHERE person = ANY ($1)',
      values: [people],
    })

  /** Makes keys; where another process was faster, its key counts. */
  const make = async (people: readonly string[]): Promise<void> => {
    await database.query({
      name: 'make-personal-keys',
      text: `INSERT INTO agora.personal_keys (person, sealed_key)
        SELECT * FROM unnest($1::text[], $2::bytea[]) ORDER BY 1 ON CONFLICT DO NOTHING`,
      values: [people, people.map((person) => seal(randomBytes(32), person))],
    })
  }

  const listener = await database.listen(channel, heard)
  return {
    known: (person) => keys.get(person),
    keysOf: async (people, { make: wanted = false } = {}) => {
      const found = new Map<string, KeyState>()
      const missing = new Set<string>()
      for (const person of people) {
        const key = keys.get(person)
        if (key) found.set(person, key)
        else missing.add(person)
      }
      if (missing.size === 0) return found
      const before = heardOf
      const asked = [...missing]
      let rows = await lookUp(asked)
      if (wanted && rows.length < asked.length) {
        const there = new Set(rows.map(({ person }) => person))
        await make(asked.filter((person) => !there.has(person)))
        rows = await lookUp(asked)
      }
      for (const row of rows) {
        const key = keyOf(row)
        found.set(row.person, key)
        // One that was destroyed meanwhile must not be taken for one that is there.
        if (heardOf === before) keys.set(row.person, key)
      }
      return found
    },
    destroy: async (person) => {
      const gone = await database.transaction(async (session) => {
        const [row] = await session.query<{ destroyed_at: string }>({
          text: `INSERT INTO agora.personal_keys AS kept (person, destroyed_at) VALUES ($1, now())
            ON CONFLICT (person) DO UPDATE
              SET sealed_key = NULL, destroyed_at = coalesce(kept.destroyed_at, now())
            RETURNING destroyed_at`,
          values: [person],
        })
        await session.query({ text: 'SELECT pg_notify($1, $2)', values: [channel, person] })
        return row
      })
      destroyed(person)
      return gone!.destroyed_at
    },
    onDestroyed: (listener) => {
      // A function of its own, so that who asks twice is told twice.
      const told = (person: string) => listener(person)
      listeners.add(told)
      return () => void listeners.delete(told)
    },
    close: async () => {
      closed = true
      clearTimeout(asking)
      await listener.close()
    },
  }
}
