import type { Catalogue, RecordedEvent } from '#kernel'
import type { FastifyBaseLogger } from 'fastify'
import { BadConfig, type Config } from '../config.ts'
import { emailIdOf } from '../domains/identity/language.ts'
import { endpointCertificate } from './endpoint-certificate.ts'
import { accountBy, authenticate } from '../domains/identity/services/accounts.ts'
import { lockout } from '../domains/identity/services/lockout.ts'
import { Problem } from '../serving/problem.ts'
import type { ConsumerGroups } from '../platform/messaging/consumer-groups/port.ts'
import type { Counters } from '../platform/security/counters/port.ts'
import type { ArchiveReader } from '../platform/storage/archives/port.ts'
import type { EventStoreHealth } from '../platform/storage/event-log/eventstoredb.ts'
import { EventRefused, type EventLog, type NewEvent } from '../platform/storage/event-log/port.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import type { Endpoint } from '../edges/eventstore-protocol/endpoint.ts'
import {
  cannotListen,
  isPortTaken,
  describePortHolder,
} from '../platform/engines/listening/cannot-listen.ts'
import type { NamedLog } from '../platform/storage/log-identity/followed-log.ts'
import { withoutPassword } from '../platform/storage/log-identity/url-for-people.ts'
import type { Passwords } from '../platform/security/passwords/port.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import type { Executor } from '../runtime/execution.ts'
import { postgresStreamIndex } from '../platform/storage/stream-index/postgres.ts'

/** The log that Agora runs on, unmasked; with the health of the connection where it is in EventStoreDB. */
export type OpenedLog = Omit<NamedLog, 'log'> & {
  readonly log: EventLog
  readonly health?: () => EventStoreHealth
}

/**
 * Opens the log: in EventStoreDB if one is configured, else in the main PostgreSQL.
 * @param options.clock returns the time at which events are recorded
 * @param options.archives has the content of archived events of the main PostgreSQL
 * @throws BadConfig when the URL is invalid
 */
export const openEventLog = async (
  { eventStoreUrl: url }: Pick<Config, 'eventStoreUrl'>,
  database: Database,
  {
    clock,
    archives,
    onError,
  }: {
    readonly clock: () => Date
    readonly archives: ArchiveReader
    readonly onError: (error: unknown) => void
  },
): Promise<OpenedLog> => {
  if (url === undefined)
    return {
      log: await postgresEventLog(database, { clock, archives }),
      named: 'this PostgreSQL',
      own: true,
    }
  const [{ eventStoreLog }, { BadUrl }] = await Promise.all([
    import('../platform/storage/event-log/eventstoredb.ts'),
    import('../platform/storage/event-log/eventstoredb-connection.ts'),
  ])
  const index = postgresStreamIndex(database)
  const log = await eventStoreLog({ url, index, clock, onError }).catch((error: unknown) => {
    if (!(error instanceof BadUrl)) throw error
    throw new BadConfig(`The environment is invalid: EVENTSTORE_URL. ${error.message}`)
  })
  return { log, named: withoutPassword(url), own: false, health: log.health }
}

/** Dependencies of `serveLog`. */
export type ServeLogDeps = {
  /** The log, unmasked. */
  readonly raw: EventLog
  /** The log that validates appends against the declared schemas. */
  readonly log: Pick<EventLog, 'append' | 'appendInOrder'>
  readonly catalogue: Catalogue
  readonly executor: Executor
  readonly passwords: Passwords
  /** Counters of failed sign-ins, shared with HTTP. */
  readonly counters: Counters
  /** Groups of persistent subscriptions. */
  readonly groups: ConsumerGroups
  readonly logger: FastifyBaseLogger
  readonly onError: (error: unknown) => void
}

/**
 * Serves the log over the protocol of EventStoreDB.
 * @returns undefined when the endpoint is off, or not configured explicitly and its port is in use
 * @throws BadConfig when its address or certificate is invalid
 * @throws CannotListen when the endpoint is configured explicitly and cannot listen
 */
export const serveLog = async (
  { eventStoreEndpoint: endpoint }: Pick<Config, 'eventStoreEndpoint'>,
  { raw, log, catalogue, executor, passwords, counters, groups, logger, onError }: ServeLogDeps,
): Promise<Endpoint | undefined> => {
  if (!endpoint) return undefined
  const { serveEventStore } = await import('../edges/eventstore-protocol/endpoint.ts')
  const { port, host, isExplicit, writable, maxAppendBytes, tls } = endpoint
  const certificate = await endpointCertificate(host, tls)
  const attempts = lockout(counters)
  const masked = (event: RecordedEvent): RecordedEvent => {
    const current = catalogue.upToDate(event)
    return {
      ...current,
      stream: catalogue.streamTold(current.stream),
      data: catalogue.masked(current.type, current.data, current.metadata.schemaVersion),
    }
  }
  const declared = [...catalogue.types].toSorted()
  /** Events that the streams of a decider must not have, as it could not be folded any more. */
  const refusalOf = (stream: string, events: readonly NewEvent[]): EventRefused | undefined => {
    for (const { type } of events) {
      if (!catalogue.types.has(type))
        return new EventRefused(
          type,
          `No event ${type} is declared, and this endpoint accepts declared types only; npx agora serve-log accepts any. Declared types: ${declared.join(', ')}`,
        )
      const category = catalogue.misplaced(type, stream)
      if (category !== undefined)
        return new EventRefused(
          type,
          `${type} belongs to streams of the category ${category}, not to ${stream}`,
        )
    }
    return undefined
  }
  /** Sets the current schema version: accepted events match the current schemas, whatever version the sender claims. */
  const withVersion = (event: NewEvent): NewEvent => ({
    ...event,
    metadata: { ...event.metadata, schemaVersion: catalogue.versionOf(event.type) },
  })
  const append: EventLog['append'] = async (stream, expected, events) => {
    const refused = refusalOf(stream, events)
    if (refused) throw refused
    return log.append(stream, expected, events.map(withVersion))
  }
  const appendInOrder: EventLog['appendInOrder'] = async (appends) => {
    const refused = appends.map(({ stream, events }) => refusalOf(stream, events))
    const outcomes = await log.appendInOrder(
      appends.flatMap((one, index) =>
        refused[index] ? [] : { ...one, events: one.events.map(withVersion) },
      ),
    )
    const next = outcomes.values()
    return refused.map((error) => error ?? next.next().value!)
  }
  try {
    return await serveEventStore({
      log: { ...raw, append, appendInOrder },
      host,
      port,
      writable,
      ...(maxAppendBytes !== undefined && { maxAppendBytes }),
      ...(certificate && { tls: certificate }),
      authenticate: async (name, password, ip) => {
        const attempt = { subject: emailIdOf(name), ip, device: undefined }
        try {
          await attempts.enter(attempt)
          const { roles } = await authenticate({ executor, passwords }, name, password)
          await attempts.succeeded(attempt)
          return roles.includes('admin')
            ? 'admin'
            : roles.includes('analyst')
              ? 'analyst'
              : undefined
        } catch (error) {
          if (error instanceof Problem && error.statusCode < 500) return undefined
          throw error
        }
      },
      accountVersion: async (name) => {
        const found = await accountBy(executor, name)
        return found
          ? JSON.stringify([
              found.userId,
              found.state.status,
              found.state.credentials,
              found.state.roles,
            ])
          : ''
      },
      masked,
      groups,
      onError,
    })
  } catch (error) {
    if (isExplicit || !isPortTaken(error)) {
      const settings = { host: 'AGORA_ESDB_HOST', port: 'AGORA_ESDB_PORT' }
      throw (await cannotListen(error, { host, port, settings })) ?? error
    }
    logger.warn(
      { port, holder: await describePortHolder(host, port) },
      'The log is not served over the protocol of EventStoreDB, as the port is in use; set AGORA_ESDB_PORT to another port, or to off',
    )
    return undefined
  }
}
