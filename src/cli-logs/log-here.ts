import { join } from 'node:path'
import { Failed } from '../edges/cli/failure.ts'
import { openDatabase, type Database } from '../platform/engines/postgres/database.ts'
import { textIn } from '../platform/security/keys/secret-file.ts'
import type { eventStoreLog } from '../platform/storage/event-log/eventstoredb.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { archivesHere } from './archives-here.ts'
import { holdsPostgres, postgresHere } from './postgres-here.ts'

/** Environment variables. */
export type Env = Readonly<Record<string, string | undefined>>

/**
 * Opens the PostgreSQL of this Agora, until the parts are disposed of.
 * @param where POSTGRES_URL, and the data folder
 * @param connections most of them
 * @throws Failed where there is none
 */
export const databaseHere = async (
  where: Parameters<typeof postgresHere>[0],
  parts: AsyncDisposableStack,
  { connections = 2 }: { readonly connections?: number } = {},
): Promise<Database> => {
  if (!where.url && !(await holdsPostgres(where.folder)))
    throw new Failed(
      `There is no log in ${where.folder}. Set POSTGRES_URL, or AGORA_DATA to the data folder of an Agora.`,
    )
  const { url } = parts.use(await postgresHere(where))
  return parts.adopt(openDatabase(url, { connections }), (it) => it.close())
}

/**
 * Opens the log in an EventStoreDB, until the parts are disposed of.
 * @throws Unavailable when EventStoreDB cannot be reached
 */
export const eventStoreHere = async (
  url: string,
  parts: AsyncDisposableStack,
): ReturnType<typeof eventStoreLog> => {
  // Imported on demand: its client is large, and most logs are in PostgreSQL.
  const [{ eventStoreLog: open }, { memoryStreamIndex }] = await Promise.all([
    import('../platform/storage/event-log/eventstoredb.ts'),
    import('../platform/storage/stream-index/memory.ts'),
  ])
  return parts.adopt(await open({ url, index: memoryStreamIndex() }), (it) => it.close())
}

/** Opens the log as it was recorded, its personal fields sealed, until the parts are disposed of. */
export const recordedLogHere = async (
  env: Env,
  database: Database,
  parts: AsyncDisposableStack,
): Promise<EventLog> =>
  env.EVENTSTORE_URL
    ? eventStoreHere(env.EVENTSTORE_URL, parts)
    : parts.adopt(
        await postgresEventLog(database, { archives: archivesHere(env, database, parts) }),
        (it) => it.close(),
      )

/** Reads the secret of this Agora; undefined where it is not here. */
export const secretHere = async (env: Env, folder: string): Promise<string | undefined> =>
  env.AGORA_SECRET || (await textIn(join(folder, 'secret')))?.trim() || undefined
