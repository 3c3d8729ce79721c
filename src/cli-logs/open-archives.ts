import { deciders } from '../domains/index.ts'
import type { ArchivesHere } from '../edges/cli/archive.ts'
import { BadUsage, Failed } from '../edges/cli/failure.ts'
import { migrate } from '../platform/engines/postgres/migrate.ts'
import { ArchiveDamaged } from '../platform/storage/archives/port.ts'
import { postgresArchives } from '../platform/storage/archives/postgres.ts'
import { OutOfSpace } from '../platform/storage/blobs/port.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { archiveClosed } from '../runtime/archive-closed.ts'
import { blobsHere } from './archives-here.ts'
import { declaredEvents } from './masked-log.ts'
import { databaseHere } from './log-here.ts'
import type { postgresHere } from './postgres-here.ts'

/** Explains failures of the store of files to an operator. */
const explained = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ArchiveDamaged || error instanceof OutOfSpace)) throw error
    throw new Failed(error.message, { cause: error })
  }
}

/**
 * Opens the archives of this Agora.
 * @param where its PostgreSQL
 * @param env its environment variables, for the store of files
 * @param onWait called with a sentence while a migration waits
 */
export const openArchives = async (
  where: Parameters<typeof postgresHere>[0],
  env: Readonly<Record<string, string | undefined>>,
  onWait: (sentence: string) => void,
): Promise<ArchivesHere & AsyncDisposable> => {
  if (env.EVENTSTORE_URL)
    throw new Failed('The log is in EventStoreDB; only a log in PostgreSQL is archived.')
  await using parts = new AsyncDisposableStack()
  const database = await databaseHere(where, parts, { connections: 4 })
  await migrate(database, { onWait })
  const archives = postgresArchives(database, await blobsHere(env, database, parts))
  const log = parts.adopt(await postgresEventLog(database, { archives }), (it) => it.close())
  const known = deciders.filter(({ closed }) => closed).map(({ name }) => name)
  const everything = parts.move()
  return {
    archive: async ({ categories, ...options }) => {
      const unknown = categories.find((name) => !known.includes(name))
      if (unknown !== undefined)
        throw new BadUsage(
          `No rule says when a stream of the category ${unknown} is closed; those with a rule are: ${known.join(', ')}.`,
        )
      const [time] = await database.query<{ now: string }>('SELECT clock_timestamp() AS now')
      return explained(
        archiveClosed(
          { deciders, log: validatingLog(log, declaredEvents()), archives },
          {
            ...options,
            now: time!.now,
            ...(categories.length > 0 && { categories }),
          },
        ),
      )
    },
    list: archives.list,
    restore: (number) => explained(archives.restore(number)),
    removeRestored: archives.removeRestored,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
