import type { Database, Session } from '../../engines/postgres/database.ts'
import { sealing } from '../sealing.ts'
import { WrongSecret, type KeyPolicy, type SigningKey, type SigningKeys } from './port.ts'
import { isDue, outlived, ring, rulesOf, type KeyOnRing } from './ring.ts'
import { secretsFrom } from './secrets.ts'
import { newSigningKey, signingKey } from './signing-key.ts'

type Row = {
  kid: string
  sealed_key: Buffer
  created_at: string
  signs_from: string
  verifies_until: string | null
}

/** Number of the advisory lock: arbitrary, but the same in every process. */
const lock = 4_711_070

const channel = 'agora_signing_keys'

/** Interval at which keys are read even without a notification, in ms; shorter than the pause before a new key signs. */
const pollEvery = 30_000

const wrongSecret = (cause: unknown) =>
  new WrongSecret(
    'The signing keys in this PostgreSQL were encrypted with another secret: set AGORA_SECRET to its value of that time, the same on all machines (without it, the secret is in the file <AGORA_DATA>/secret). If that is lost, empty the table agora.signing_keys: all access tokens become invalid.',
    { cause },
  )

const isoOf = (ms: number) => new Date(ms).toISOString()

/**
 * Signing keys in PostgreSQL (`infra/postgres/070-signing-keys.sql`), encrypted, shared by all processes.
 * @param options.secret all secrets derive from it, also the one that encrypts the keys; at least 32 characters
 * @param options.earlier the first key, PEM, if the table has none yet
 * @param options.onError called with errors of operations that are retried later
 * @throws WrongSecret
 */
export const postgresKeys = async (
  database: Database,
  {
    secret,
    earlier,
    onError = () => undefined,
    ...policy
  }: KeyPolicy & {
    readonly secret: string
    readonly earlier?: string
    readonly onError?: (error: unknown) => void
  },
): Promise<SigningKeys> => {
  const rules = rulesOf(policy)
  const secretFor = secretsFrom(secret)
  const { seal, open } = sealing(secretFor('signing keys'))
  const held = ring(rules)
  let opened: ReadonlyMap<string, SigningKey> = new Map()

  const keyOf = ({ kid, sealed_key }: Row): SigningKey => {
    const known = opened.get(kid)
    if (known) return known
    try {
      return signingKey(open(sealed_key, kid).toString())
    } catch (error) {
      throw wrongSecret(error)
    }
  }

  const all = async (session: Session): Promise<KeyOnRing[]> => {
    const rows = await session.query<Row>({
      text: `SELECT kid, sealed_key, created_at, signs_from, verifies_until FROM agora.signing_keys
        WHERE verifies_until IS NULL OR verifies_until > $1`,
      values: [isoOf(rules.clock())],
    })
    const keys = rows.map((row) => ({
      ...keyOf(row),
      createdAt: Date.parse(row.created_at),
      signsFrom: Date.parse(row.signs_from),
      ...(row.verifies_until !== null && { verifiesUntil: Date.parse(row.verifies_until) }),
    }))
    opened = new Map(keys.map((key) => [key.kid, key]))
    return keys
  }

  let last: Promise<unknown> = Promise.resolve()
  /** Reads the keys; one read after the other, so that no result replaces a newer one. */
  const refresh = (): Promise<void> => {
    const refreshed = last.then(async () => held.set(await all(database)))
    last = refreshed.catch(() => undefined)
    return refreshed
  }
  const poll = () => void refresh().catch(onError)

  const add = async (session: Session, key: SigningKey, pause: number): Promise<void> => {
    const now = rules.clock()
    await session.query({
      text: `UPDATE agora.signing_keys SET verifies_until = $1 WHERE verifies_until IS NULL`,
      values: [isoOf(outlived(now + pause, rules))],
    })
    await session.query({
      text: `INSERT INTO agora.signing_keys (kid, public_jwk, sealed_key, created_at, signs_from)
        VALUES ($1, $2, $3, $4, $5)`,
      values: [
        key.kid,
        JSON.stringify(key.jwk),
        seal(Buffer.from(key.privateKey), key.kid),
        isoOf(now),
        isoOf(now + pause),
      ],
    })
    await session.query({
      text: 'DELETE FROM agora.signing_keys WHERE verifies_until <= $1',
      values: [isoOf(now)],
    })
    await session.query(`SELECT pg_notify('${channel}', '')`)
  }

  /** Runs a transaction under the lock that every change of the keys acquires. */
  const alone = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    database.transaction(async (session) => {
      await session.query(`SELECT pg_advisory_xact_lock(${lock})`)
      return work(session)
    })

  const replaceOld = async (): Promise<void> => {
    if (!isDue(held.times(), rules)) return
    await alone(async (session) => {
      if (isDue(await all(session), rules)) await add(session, newSigningKey(), rules.pause)
    })
    await refresh()
  }

  const listener = await database.listen(channel, poll)
  try {
    await alone(async (session) => {
      if ((await all(session)).length > 0) return
      await add(session, earlier === undefined ? newSigningKey() : signingKey(earlier), 0)
    })
    await refresh()
    await replaceOld()
  } catch (error) {
    await listener.close()
    throw error
  }
  const timers = [
    setInterval(poll, pollEvery).unref(),
    setInterval(() => void replaceOld().catch(onError), rules.every).unref(),
  ]

  const { set: _, ...readable } = held
  return {
    ...readable,
    secretFor,
    rotate: async ({ revoke = false } = {}) => {
      const key = newSigningKey()
      await alone(async (session) => {
        if (revoke) await session.query('DELETE FROM agora.signing_keys')
        await add(session, key, revoke ? 0 : rules.pause)
      })
      await refresh()
      return key.kid
    },
    close: async () => {
      timers.forEach(clearInterval)
      await listener.close()
      await last
    },
  }
}
