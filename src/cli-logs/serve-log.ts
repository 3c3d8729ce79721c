import { catalogue, declarationOf } from '#kernel'
import { Failed } from '../edges/cli/failure.ts'
import type { ServeLog } from '../edges/cli/serve-log.ts'
import { readConfig } from '../config.ts'
import { deciders } from '../domains/index.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { serveEventStore } from '../edges/eventstore-protocol/endpoint.ts'
import { cannotListen } from '../platform/engines/listening/cannot-listen.ts'
import { openDatabase, type Database } from '../platform/engines/postgres/database.ts'
import { migrate } from '../platform/engines/postgres/migrate.ts'
import { timeToLive } from '../platform/messaging/registry/port.ts'
import { postgresRegistry } from '../platform/messaging/registry/postgres.ts'
import { sagas } from '../sagas/index.ts'
import { postgresHere } from './postgres-here.ts'
import { messageOf } from '#kernel/error-message'

/**
 * Refuses to go on while an Agora runs on a database: whoever can append to its log beside its checks can make
 * themselves its admin, or record what it cannot fold.
 * @throws Failed when a process of one has sent a heartbeat within the last seconds
 */
const mustRest = async (database: Database): Promise<void> => {
  const running = (await postgresRegistry(database).services()).flatMap(({ instances }) =>
    instances.map(({ url }) => url),
  )
  if (running.length > 0)
    throw new Failed(
      `an Agora runs on it (${[...new Set(running)].join(', ')}), and whoever appends beside it can become its admin. Stop it first (after kill -9, wait ${timeToLive / 1_000} s), or let it serve its own log to admins who sign in: AGORA_ESDB_WRITABLE=true with AGORA_ESDB_TLS_CERT`,
    )
}

/** How often a log that is writable is looked at for an Agora that has started on it, in ms. */
const lookEvery = 2_000

/**
 * Looks again and again whether an Agora has started on a database.
 * @returns a promise that rejects once one has, and what ends the looking
 */
const watchRest = (database: Database): { found: Promise<never>; stop: () => void } => {
  const { promise: found, reject } = Promise.withResolvers<never>()
  // Whoever serves may be over before anybody waits for it.
  found.catch(() => undefined)
  const timer = setInterval(() => {
    mustRest(database).catch((error: unknown) => {
      // A database that is away for a moment is no Agora.
      if (error instanceof Failed)
        reject(new Failed(`The log is not served any longer: ${error.message}.`))
    })
  }, lookEvery)
  return { found, stop: () => clearInterval(timer) }
}

const maxAppendBytesIn = (env: NodeJS.ProcessEnv): number | undefined => {
  try {
    const { AGORA_ESDB_MAX_APPEND_SIZE } = env
    return readConfig({ ...(AGORA_ESDB_MAX_APPEND_SIZE && { AGORA_ESDB_MAX_APPEND_SIZE }) })
      .eventStoreEndpoint?.maxAppendBytes
  } catch (error) {
    throw new Failed(messageOf(error))
  }
}

/**
 * Serves the log of a PostgreSQL: writable as it was recorded, read-only masked.
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
      if (writable) await mustRest(database)
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
              data: events.masked(today.type, today.data, today.metadata.schemaVersion),
            }
          },
          onError,
        }),
        (it) => it.close(),
      )
      const watch = writable ? parts.adopt(watchRest(database), (it) => it.stop()) : undefined
      const unwanted = watch?.found ?? new Promise<never>(() => undefined)
      const everything = parts.move()
      return { url, unwanted, [Symbol.asyncDispose]: () => everything.disposeAsync() }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const settings = { host: '--host', port: '--port' }
      const { message } = (await cannotListen(error, { host, port, settings })) ?? error
      throw new Failed(`The log cannot be served: ${message}.`, { cause: error })
    }
  }
