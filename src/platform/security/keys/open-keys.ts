import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from '../../engines/postgres/database.ts'
import type { SigningKeys } from './port.ts'
import { postgresKeys } from './postgres.ts'
import { secretFile, textIn } from './secret-file.ts'
import { signingKey } from './signing-key.ts'

/**
 * Opens the keys of an Agora. Earlier versions kept one key in a file; it is taken over, so that nobody is signed out.
 * @param options.folder where Agora keeps what is its own
 * @param options.secret what was set by the environment; without it, there is one in the folder
 * @param options.onError told of what is tried again later
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
    /** The most that a token may be good for, in ms. */
    readonly tokenTtl: number
    /** ms; the same one in all processes. */
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
    // It is sealed in the database now, and need not lie about.
    await rm(file, { force: true })
    await rmdir(earlierFolder).catch(() => undefined)
  }
  return keys
}
