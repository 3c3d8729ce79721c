import { randomBytes } from 'node:crypto'
import { boundedCache } from '../../bounded-cache.ts'
import type { Database } from '../../engines/postgres/database.ts'
import { sealing } from '../sealing.ts'
import { personalSeal } from './personal-seal.ts'
import type { KeyState, PersonalKeys } from './port.ts'

const channel = 'agora_personal_keys'

/** Default limit of cached keys. */
const defaultCached = 20_000

type Row = { person: string; sealed_key: Buffer | null }

/** The keys were encrypted with another secret than the present one. */
const wrongSecret = (cause: unknown) =>
  new Error(
    'The personal keys in this PostgreSQL were encrypted with another secret: set AGORA_SECRET to its value of that time.',
    { cause },
  )

/** Delay before the destroyed keys are queried again after a failure, in ms. */
const retryMs = 1_000

/**
 * Queries whose keys were destroyed since a moment, or up to a minute before it: a transaction that commits late carries the
 * time of its begin.
 * @param moment without it, no people are returned
 * @returns also the present time of PostgreSQL
 */
const destroyedSince = async (
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
 * Personal keys in PostgreSQL (`infra/postgres/080-personal-keys.sql`), encrypted, shared by all processes.
 * @param options.secret encrypts the keys: 32 bytes, for this purpose only
 * @param options.cached limit of cached keys, default 20,000
 * @throws Unavailable
 */
export const postgresPersonalKeys = async (
  database: Database,
  { secret, cached = defaultCached }: { readonly secret: Buffer; readonly cached?: number },
): Promise<PersonalKeys> => {
  const { seal, open } = sealing(secret)
  const keys = boundedCache<string, KeyState>(cached)
  const listeners = new Set<(person: string) => void>()
  /** Incremented with every notification of a destruction: results of earlier queries may be stale and are not cached. */
  let generation = 0
  /** Time of PostgreSQL up to which this process knows all destructions. */
  let knownUntil = (await destroyedSince(database)).at
  let retry: NodeJS.Timeout | undefined
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
    generation += 1
    keys.set(person, 'destroyed')
    for (const listener of listeners) listener(person)
  }

  /** Queries the destructions that were missed while the connection was lost; retries until it succeeds. */
  const catchUp = async (): Promise<void> => {
    try {
      const { at, people } = await destroyedSince(database, knownUntil)
      knownUntil = at
      people.forEach(destroyed)
    } catch {
      if (closed) return
      retry = setTimeout(() => void catchUp(), retryMs).unref()
    }
  }

  const notified = (person: string): void => {
    if (person !== '') return destroyed(person)
    // The listener has reconnected and may have missed notifications: the cache is not trusted any more.
    generation += 1
    keys.clear()
    clearTimeout(retry)
    void catchUp()
  }

  const lookUp = (people: readonly string[]): Promise<Row[]> =>
    database.query<Row>({
      name: 'personal-keys',
      text: 'SELECT person, sealed_key FROM agora.personal_keys WHERE person = ANY ($1)',
      values: [people],
    })

  /** Creates keys; if another process was faster, its key is the valid one. */
  const make = async (people: readonly string[]): Promise<void> => {
    await database.query({
      name: 'make-personal-keys',
      text: `INSERT INTO agora.personal_keys (person, sealed_key)
        SELECT * FROM unnest($1::text[], $2::bytea[]) ORDER BY 1 ON CONFLICT DO NOTHING`,
      values: [people, people.map((person) => seal(randomBytes(32), person))],
    })
  }

  const listener = await database.listen(channel, notified)
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
      const before = generation
      const uncached = [...missing]
      let rows = await lookUp(uncached)
      if (wanted && rows.length < uncached.length) {
        const there = new Set(rows.map(({ person }) => person))
        await make(uncached.filter((person) => !there.has(person)))
        rows = await lookUp(uncached)
      }
      for (const row of rows) {
        const key = keyOf(row)
        found.set(row.person, key)
        // A key that was destroyed meanwhile must not be cached as usable.
        if (generation === before) keys.set(row.person, key)
      }
      return found
    },
    destroy: async (person) => {
      const destruction = await database.transaction(async (session) => {
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
      return destruction!.destroyed_at
    },
    onDestroyed: (notify) => {
      // A function for each subscription, so that one that subscribes twice is called twice.
      const subscription = (person: string) => notify(person)
      listeners.add(subscription)
      return () => void listeners.delete(subscription)
    },
    close: async () => {
      closed = true
      clearTimeout(retry)
      await listener.close()
    },
  }
}
