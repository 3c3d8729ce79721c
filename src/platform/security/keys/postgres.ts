import type { Database, Session } from '../../engines/postgres/database.ts'
import { sealing } from '../sealing.ts'
import { WrongSecret, type Keeping, type SigningKey, type SigningKeys } from './port.ts'
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

/** Any number would do; it only has to be the same in every process. */
const lock = 4_711_070

const channel = 'agora_signing_keys'

/** Even if nobody says that there is a new key, it is looked for this often, in ms: well before it signs. */
const lookEvery = 30_000

const wrongSecret = (cause: unknown) =>
  new WrongSecret(
    'The signing keys in this PostgreSQL were sealed with another secret: set AGORA_SECRET to what it was when they were made, the same on all machines (without it, the secret is in the file <AGORA_DATA>/secret). If that is lost, empty the table agora.signing_keys: then all access tokens end.',
    { cause },
  )

const isoOf = (ms: number) => new Date(ms).toISOString()

/**
 * Keys in PostgreSQL (`infra/postgres/070-signing-keys.sql`), sealed, for all processes on it.
 * @param options.secret what all secrets follow from, and what the keys are sealed with; at least 32 characters
 * @param options.earlier a key, PEM, to begin with where there is none yet
 * @param options.onError told of what is tried again later
 * @throws WrongSecret
 */
export const postgresKeys = async (
  database: Database,
  {
    secret,
    earlier,
    onError = () => undefined,
    ...keeping
  }: Keeping & {
    readonly secret: string
    readonly earlier?: string
    readonly onError?: (error: unknown) => void
  },
): Promise<SigningKeys> => {
  const rules = rulesOf(keeping)
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
  /** Looks for what has changed; one look after the other, so that none sets what is older. */
  const look = (): Promise<void> => {
    const looked = last.then(async () => held.set(await all(database)))
    last = looked.catch(() => undefined)
    return looked
  }
  const lookAgain = () => void look().catch(onError)

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

  /** Does it while no other process changes keys. */
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
    await look()
  }

  const listener = await database.listen(channel, lookAgain)
  try {
    await alone(async (session) => {
      if ((await all(session)).length > 0) return
      await add(session, earlier === undefined ? newSigningKey() : signingKey(earlier), 0)
    })
    await look()
    await replaceOld()
  } catch (error) {
    await listener.close()
    throw error
  }
  const timers = [
    setInterval(lookAgain, lookEvery).unref(),
    setInterval(() => void replaceOld().catch(onError), rules.every).unref(),
  ]

  const { set: _, ...told } = held
  return {
    ...told,
    secretFor,
    rotate: async ({ revoke = false } = {}) => {
      const key = newSigningKey()
      await alone(async (session) => {
        if (revoke) await session.query('DELETE FROM agora.signing_keys')
        await add(session, key, revoke ? 0 : rules.pause)
      })
      await look()
      return key.kid
    },
    close: async () => {
      timers.forEach(clearInterval)
      await listener.close()
      await last
    },
  }
}
