import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { Failed } from '../edges/cli/failure.ts'
import {
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../platform/engines/embedded/embedded-postgres.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'

/** A PostgreSQL that is there until it is disposed of. */
export type PostgresHere = AsyncDisposable & { readonly url: string }

/** A PostgreSQL that others look after. */
export const foreign = (url: string): PostgresHere => ({
  url,
  [Symbol.asyncDispose]: async () => undefined,
})

const answers = async (url: string): Promise<boolean> => {
  const database = openDatabase(url, { connections: 1 })
  try {
    await database.query('SELECT 1')
    return true
  } catch {
    return false
  } finally {
    await database.close()
  }
}

/** Whether a folder has been the data folder of an Agora. */
export const holdsPostgres = (folder: string): Promise<boolean> =>
  access(join(folder, 'postgres')).then(
    () => true,
    () => false,
  )

/**
 * The embedded PostgreSQL of a folder: the one that runs there, or one started for the time.
 * @throws Failed when it cannot be started, with the reason
 */
export const postgresIn = async (folder: string): Promise<PostgresHere> => {
  const running = await findEmbeddedPostgres(folder)
  // After a crash it may be gone, whatever its files say.
  if (running && (await answers(running))) return foreign(running)
  try {
    return await startEmbeddedPostgres({ folder })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new Failed(error.message, { cause: error })
  }
}

/** The PostgreSQL of this Agora: the one of POSTGRES_URL, else the embedded one of its folder. */
export const postgresHere = async ({
  url,
  folder,
}: {
  readonly url: string | undefined
  readonly folder: string
}): Promise<PostgresHere> => (url ? foreign(url) : postgresIn(folder))
