import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import type { SigningKeys } from '../platform/security/keys/port.ts'
import type { ArchiveReader } from '../platform/storage/archives/port.ts'
import { textsInEventStore, textsInPostgres } from '../platform/storage/log-digests/event-texts.ts'
import { postgresLogDigests } from '../platform/storage/log-digests/postgres.ts'
import { digestPurpose, digestSigner } from '../platform/storage/log-digests/signed-digest.ts'
import type { OpenedLog } from './log.ts'
import type { LogChain } from './work.ts'

/** Pause between digests in the log lines of a process, in ms. */
const publishEvery = 60 * 60_000

/**
 * Returns how the chain of digests over the log is extended.
 * @param followed the log as it is stored, which neither decrypts nor upcasts
 */
export const logChain = (
  { logDigestEvery }: Pick<Config, 'logDigestEvery'>,
  {
    database,
    followed,
    archives,
    keys,
    logger,
  }: {
    readonly database: Database
    readonly followed: Pick<OpenedLog, 'log' | 'own'>
    readonly archives: ArchiveReader
    readonly keys: Pick<SigningKeys, 'secretFor'>
    readonly logger: FastifyBaseLogger
  },
): LogChain & { readonly signer: ReturnType<typeof digestSigner> } => {
  const texts = followed.own
    ? textsInPostgres(database, followed.log, archives)
    : textsInEventStore(followed.log)
  return {
    texts,
    digests: postgresLogDigests(database, texts.log),
    signer: digestSigner(keys.secretFor(digestPurpose)),
    every: logDigestEvery,
    publishEvery,
    publish: ({ position, events, digest, signature }) =>
      logger.info(
        { position: String(position), events: String(events), digest, signature },
        'Digest of the log',
      ),
  }
}
