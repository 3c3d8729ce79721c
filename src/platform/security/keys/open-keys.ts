import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../engines/postgres/database.ts'
import type { SigningKeys } from './port.ts'
import { postgresKeys } from './postgres.ts'
import { secretFile, textIn } from './secret-file.ts'
import { signingKey } from './signing-key.ts'

/**
 * Opens the signing keys of an Agora. Earlier versions stored one key in a file; it is imported, so that its tokens stay valid.
 * @param options.folder Agora's data folder
 * @param options.secret the secret from the environment; without it, the one in the folder is used
 * @param options.onError called with errors of operations that are retried later
 * @throws WrongSecret
 */
export const openKeys = async (
  database: Database,
  {
    folder,
    secret,
    ...options
  }: {
    readonly folder: string
    readonly secret?: string
    /** Longest lifetime of a token, in ms. */
    readonly tokenTtl: number
    /** ms since 1970; the same in all processes. */
    readonly clock?: () => number
    readonly onError?: (error: unknown) => void
  },
): Promise<SigningKeys> => {
  const earlierFolder = join(folder, 'keys')
  const file = join(earlierFolder, 'signing-key.pem')
  const earlier = await textIn(file)
  const keys = await postgresKeys(database, {
    secret: secret ?? (await secretFile(join(folder, 'secret'))),
    ...(earlier !== undefined && { earlier }),
    ...options,
  })
  if (earlier !== undefined && keys.verifying(signingKey(earlier).kid)) {
    // The key is encrypted in the database by now; the plain file is removed.
    await rm(file, { force: true })
    await rmdir(earlierFolder).catch(() => undefined)
  }
  return keys
}
