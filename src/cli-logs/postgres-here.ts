import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { Failed } from '../edges/cli/failure.ts'
import {
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../platform/engines/embedded/embedded-postgres.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'

/** A PostgreSQL that is available until it is disposed of. */
export type PostgresHere = AsyncDisposable & { readonly url: string }

/** A PostgreSQL that is managed elsewhere; disposing of it does nothing. */
export const external = (url: string): PostgresHere => ({
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

/** Whether a folder is the data folder of an embedded Agora. */
export const holdsPostgres = (folder: string): Promise<boolean> =>
  access(join(folder, 'postgres')).then(
    () => true,
    () => false,
  )

/**
 * Opens the embedded PostgreSQL of a folder: the one that runs there, or one that is started until disposal.
 * @throws Failed with the reason when it cannot be started
 */
export const postgresIn = async (folder: string): Promise<PostgresHere> => {
  const running = await findEmbeddedPostgres(folder)
  // After a crash, its files may be left although it does not run.
  if (running && (await answers(running))) return external(running)
  try {
    return await startEmbeddedPostgres({ folder })
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new Failed(error.message, { cause: error })
  }
}

/** Opens the PostgreSQL of this Agora: that of POSTGRES_URL, else the embedded one of its folder. */
export const postgresHere = async ({
  url,
  folder,
}: {
  readonly url: string | undefined
  readonly folder: string
}): Promise<PostgresHere> => (url ? external(url) : postgresIn(folder))
