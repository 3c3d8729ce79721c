import { catalogue, declarationOf, type Catalogue } from '#kernel'
import type { ReplaySource } from '../edges/cli/replay-source.ts'
import { deciders } from '../domains/index.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { maskedEvent } from '../platform/storage/event-log/masked-event.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'
import { archivesHere } from './archives-here.ts'
import { eventStoreHere } from './log-here.ts'
import { sagas } from '../sagas/index.ts'

/** The events that this version of Agora declares. */
export const declaredEvents = (): Catalogue =>
  catalogue([...deciders, ...sagas({ orderTimeout: 0 }).map(declarationOf)])

/** Source of a log for analysts: events are upcast and masked. */
const masked = async (log: EventLog, release: () => Promise<void>): Promise<ReplaySource> => {
  const events = declaredEvents()
  const { head, readAll } = validatingLog(log, events)
  await head()
  return {
    via: 'direct',
    head,
    page: async (after, limit, wanted) => {
      const slice = await readAll({ after, limit, ...wanted })
      return { ...slice, events: slice.events.map((event) => maskedEvent(events, event)) }
    },
    [Symbol.asyncDispose]: release,
  }
}

/**
 * Opens the masked log in a PostgreSQL.
 * @param env environment variables, for the store of archived events
 * @param release stops the PostgreSQL; called when the source is disposed of, or when opening fails
 * @throws Unavailable when PostgreSQL cannot be reached
 */
export const maskedLogInPostgres = async (
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  release: () => Promise<void> = async () => undefined,
): Promise<ReplaySource> => {
  await using parts = new AsyncDisposableStack()
  parts.defer(release)
  const database = parts.adopt(openDatabase(url, { connections: 2 }), (it) => it.close())
  const log = parts.adopt(
    await postgresEventLog(database, { archives: archivesHere(env, database, parts) }),
    (it) => it.close(),
  )
  const source = await masked(log, () => everything.disposeAsync())
  const everything = parts.move()
  return source
}

/**
 * Opens the masked log in an EventStoreDB.
 * @throws Unavailable when EventStoreDB cannot be reached
 */
export const maskedLogInEventStore = async (url: string): Promise<ReplaySource> => {
  await using parts = new AsyncDisposableStack()
  const log = await eventStoreHere(url, parts)
  const source = await masked(log, () => everything.disposeAsync())
  const everything = parts.move()
  return source
}
