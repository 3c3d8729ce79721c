import { catalogue, declarationOf } from '#kernel'
import { Failed } from '../cli/failure.ts'
import type { ServeLog } from '../cli/serve-log.ts'
import { readConfig } from '../config.ts'
import { deciders } from '../domains/index.ts'
import { postgresEventLog } from '../platform/event-log/postgres.ts'
import { serveEventStore } from '../platform/eventstoredb/endpoint.ts'
import { openDatabase } from '../platform/postgres/database.ts'
import { migrate } from '../platform/postgres/migrate.ts'
import { sagas } from '../sagas/index.ts'
import { postgresHere } from './postgres-here.ts'

const maxAppendBytesIn = (env: NodeJS.ProcessEnv): number | undefined => {
  try {
    const { AGORA_ESDB_MAX_APPEND_SIZE } = env
    return readConfig({ ...(AGORA_ESDB_MAX_APPEND_SIZE && { AGORA_ESDB_MAX_APPEND_SIZE }) })
      .eventStoreEndpoint?.maxAppendBytes
  } catch (error) {
    throw new Failed(error instanceof Error ? error.message : String(error))
  }
}

/**
 * Serves the log of a PostgreSQL as it was recorded; where nobody may append, masked.
 * @param where which one
 * @param env may say AGORA_ESDB_MAX_APPEND_SIZE
 */
export const serveLog =
  (
    where: Parameters<typeof postgresHere>[0],
    env: NodeJS.ProcessEnv,
    onError: (error: unknown) => void,
  ): ServeLog =>
  async ({ host, port, writable }) => {
    const maxAppendBytes = maxAppendBytesIn(env)
    const events = catalogue([...deciders, ...sagas({ orderTimeout: 0 }).map(declarationOf)])
    await using parts = new AsyncDisposableStack()
    const { url: postgresUrl } = parts.use(await postgresHere(where))
    const database = parts.adopt(openDatabase(postgresUrl), (it) => it.close())
    try {
      await migrate(database)
      const log = parts.adopt(await postgresEventLog(database), (it) => it.close())
      const { url } = parts.adopt(
        await serveEventStore({
          log,
          host,
          port,
          writable,
          ...(maxAppendBytes !== undefined && { maxAppendBytes }),
          masked: (event) => {
            const today = events.upToDate(event)
            return {
              ...today,
              stream: events.streamTold(today.stream),
              data: events.masked(today.type, today.data),
            }
          },
          onError,
        }),
        (it) => it.close(),
      )
      const everything = parts.move()
      return { url, [Symbol.asyncDispose]: () => everything.disposeAsync() }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      throw new Failed(`The log cannot be served: ${error.message}.`, { cause: error })
    }
  }
