import { catalogue, declarationOf } from '#kernel'
import { Failed } from '../edges/cli/failure.ts'
import type { ServeLog } from '../edges/cli/serve-log.ts'
import { leadGroups } from '../app/lead-groups.ts'
import { readConfig } from '../config.ts'
import { deciders } from '../domains/index.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { serveEventStore } from '../edges/eventstore-protocol/endpoint.ts'
import { cannotListen } from '../platform/engines/listening/cannot-listen.ts'
import { openDatabase, type Database } from '../platform/engines/postgres/database.ts'
import { migrate } from '../platform/engines/postgres/migrate.ts'
import { postgresConsumerGroups } from '../platform/messaging/consumer-groups/postgres.ts'
import { postgresLeases } from '../platform/messaging/leases/postgres.ts'
import { timeToLive } from '../platform/messaging/registry/port.ts'
import { postgresRegistry } from '../platform/messaging/registry/postgres.ts'
import { sagas } from '../sagas/index.ts'
import { archivesHere } from './archives-here.ts'
import { postgresHere } from './postgres-here.ts'
import { messageOf } from '#kernel/error-message'

/**
 * Requires that no Agora runs on a database: appends that bypass its validation could make the writer an admin, or record
 * events that it cannot fold.
 * @throws Failed when a process of an Agora is registered with a recent heartbeat
 */
const checkNotRunning = async (database: Database): Promise<void> => {
  const running = (await postgresRegistry(database).services()).flatMap(({ instances }) =>
    instances.map(({ url }) => url),
  )
  if (running.length > 0)
    throw new Failed(
      `an Agora runs on it (${[...new Set(running)].join(', ')}), and appends that bypass it could make the writer its admin. Stop it first (after kill -9, wait ${timeToLive / 1_000} s), or let it serve its own log to admins who sign in: AGORA_ESDB_WRITABLE=true with AGORA_ESDB_TLS_CERT`,
    )
}

/** Interval of the check that no Agora has started on a writable log, in ms. */
const checkEveryMs = 2_000

/**
 * Checks periodically whether an Agora has started on a database.
 * @returns a promise that rejects once one has, and a function that stops the checks
 */
const watchForAgora = (database: Database): { found: Promise<never>; stop: () => void } => {
  const { promise: found, reject } = Promise.withResolvers<never>()
  // The serving may end before the promise is awaited.
  found.catch(() => undefined)
  const timer = setInterval(() => {
    checkNotRunning(database).catch((error: unknown) => {
      // A database that is unavailable for a moment does not mean that an Agora runs.
      if (error instanceof Failed)
        reject(new Failed(`The log is no longer served: ${error.message}.`))
    })
  }, checkEveryMs)
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
 * Serves the log of a PostgreSQL: unmasked when writable, masked when read-only.
 * @param where the PostgreSQL
 * @param env environment variables; reads AGORA_ESDB_MAX_APPEND_SIZE
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
      await migrate(database, { onWait: onError })
      if (writable) await checkNotRunning(database)
      const log = parts.adopt(
        await postgresEventLog(database, { archives: archivesHere(env, database, parts) }),
        (it) => it.close(),
      )
      const endpoint = parts.adopt(
        await serveEventStore({
          log,
          host,
          port,
          writable,
          // Beside an Agora that runs, this process must not be the one that serves them.
          ...(writable && { groups: postgresConsumerGroups(database) }),
          ...(maxAppendBytes !== undefined && { maxAppendBytes }),
          masked: (event) => {
            const current = events.upToDate(event)
            return {
              ...current,
              stream: events.streamTold(current.stream),
              data: events.masked(current.type, current.data, current.metadata.schemaVersion),
            }
          },
          onError,
        }),
        (it) => it.close(),
      )
      if (writable) {
        const leases = parts.adopt(postgresLeases(database, { onError }), (it) => it.close())
        parts.use(leadGroups(endpoint, { host, port: endpoint.port }, { leases, onError }))
      }
      const watch = writable ? parts.adopt(watchForAgora(database), (it) => it.stop()) : undefined
      const ended = watch?.found ?? new Promise<never>(() => undefined)
      const everything = parts.move()
      return { url: endpoint.url, ended, [Symbol.asyncDispose]: () => everything.disposeAsync() }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const settings = { host: '--host', port: '--port' }
      const { message } = (await cannotListen(error, { host, port, settings })) ?? error
      throw new Failed(`The log cannot be served: ${message}.`, { cause: error })
    }
  }
