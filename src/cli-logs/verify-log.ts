import { Failed } from '../edges/cli/failure.ts'
import type { VerifyLogHere } from '../edges/cli/verify-log.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import { secretsFrom } from '../platform/security/keys/secrets.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import { textsInEventStore, textsInPostgres } from '../platform/storage/log-digests/event-texts.ts'
import type { EventTexts } from '../platform/storage/log-digests/port.ts'
import { postgresLogDigests } from '../platform/storage/log-digests/postgres.ts'
import {
  checksSignatures,
  digestPurpose,
  digestSigner,
} from '../platform/storage/log-digests/signed-digest.ts'
import { verifyLog } from '../runtime/verify-log.ts'
import { archivesHere } from './archives-here.ts'
import { databaseHere, eventStoreHere, secretHere, type Env } from './log-here.ts'
import type { postgresHere } from './postgres-here.ts'

/** The public key of this Agora's chain; none where its secret is not here. */
const ownKeys = async (env: Env, folder: string): Promise<readonly string[]> => {
  const secret = await secretHere(env, folder)
  return secret ? [digestSigner(secretsFrom(secret)(digestPurpose)).jwk.x] : []
}

const textsOf = async (
  env: Env,
  database: Database,
  parts: AsyncDisposableStack,
): Promise<EventTexts> => {
  const { EVENTSTORE_URL: url } = env
  if (!url) {
    const log = parts.adopt(await postgresEventLog(database), (it) => it.close())
    return textsInPostgres(database, log, archivesHere(env, database, parts))
  }
  return textsInEventStore(await eventStoreHere(url, parts))
}

/** Verifies the log of this Agora. @param where its PostgreSQL */
export const verifyLogHere =
  (where: Parameters<typeof postgresHere>[0], env: Env): VerifyLogHere =>
  async ({ keys: given, ...options }) => {
    await using parts = new AsyncDisposableStack()
    const database = await databaseHere(where, parts)
    const [row] = await database.query<{ is: boolean }>(
      `SELECT to_regclass('agora.log_digests') IS NOT NULL AS is`,
    )
    if (!row?.is)
      throw new Failed('This PostgreSQL has no chain: start this version of Agora on it first.')
    const texts = await textsOf(env, database, parts)
    const keys = [...(await ownKeys(env, where.folder)), ...given]
    const found = await verifyLog(
      { texts, digests: postgresLogDigests(database, texts.log) },
      { ...options, signatureOf: keys.length > 0 ? checksSignatures(keys) : undefined },
    )
    const label = env.EVENTSTORE_URL ?? where.url
    return { ...found, label: label ? withoutPassword(label) : where.folder }
  }
