import { hash } from 'node:crypto'
import { join } from 'node:path'
import { streamOf, type AnyDecider, type AnyProjection, type Catalogue } from '#kernel'
import type { FastifyBaseLogger } from 'fastify'
import { openBlobs } from './blobs.ts'
import { openDocuments } from './documents.ts'
import { openJobs } from './jobs.ts'
import { openEventLog } from './log.ts'
import { redisKeys } from './redis-keys.ts'
import type { Tracing } from './traced.ts'
import type { Config } from '../config.ts'
import { email, emailIdOf } from '../domains/identity/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { defaultHttpConfig } from '../edges/http/dependencies.ts'
import { archiveReader } from '../platform/storage/archives/blobs.ts'
import { memoryCache } from '../platform/storage/cache/memory.ts'
import { redisCache } from '../platform/storage/cache/redis.ts'
import { twoLevels } from '../platform/storage/cache/two-levels.ts'
import type { ProcessBus } from '../platform/messaging/process-bus/port.ts'
import { postgresProcessBus } from '../platform/messaging/process-bus/postgres.ts'
import { postgresCheckpoints } from '../platform/storage/checkpoints/postgres.ts'
import { withLocalFallback } from '../platform/security/counters/with-local-fallback.ts'
import { memoryCounters } from '../platform/security/counters/memory.ts'
import { redisCounters } from '../platform/security/counters/redis.ts'
import { postgresDeadLetters } from '../platform/storage/dead-letters/postgres.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { forgotten, encryptingLog } from '../platform/storage/event-log/encrypting-log.ts'
import { postgresEventReaders } from '../platform/storage/event-readers/postgres.ts'
import { inFiles } from '../platform/security/erasure/files.ts'
import { inReadModels } from '../platform/security/erasure/read-models.ts'
import { postgresForgetting } from '../platform/security/erasure/postgres.ts'
import { openKeys } from '../platform/security/keys/open-keys.ts'
import { postgresLeases } from '../platform/messaging/leases/postgres.ts'
import { limitsOf } from '../platform/messaging/leases/session.ts'
import { checkFollowedLog } from '../platform/storage/log-identity/followed-log.ts'
import { logIdentity } from '../platform/storage/log-identity/log-identity.ts'
import { outboxSms } from '../platform/external/sms/outbox.ts'
import { outboxMailer } from '../platform/external/mail/outbox.ts'
import type { Metrics } from '../platform/observability/metrics/metrics.ts'
import { promiseCounts } from '../platform/observability/reports/promise-counts.ts'
import type { NewerVersion } from '../platform/newer-version.ts'
import { postgresPersonalKeys } from '../platform/security/personal/postgres.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'
import { migrate } from '../platform/engines/postgres/migrate.ts'
import { storeClock } from '../platform/engines/postgres/store-clock.ts'
import { jobStores } from '../platform/messaging/queue/job-stores.ts'
import { postgresQueue } from '../platform/messaging/queue/postgres.ts'
import { postgresPositionNews } from '../platform/messaging/position-news/postgres.ts'
import { postgresControl } from '../platform/messaging/control/postgres.ts'
import { executor as createExecutor } from '../runtime/execute.ts'
import { openFeed } from '../runtime/feed.ts'
import { freshness as createFreshness } from '../runtime/freshness.ts'
import { nearbyReads } from '../runtime/nearby-reads.ts'
import { progress as createProgress } from '../runtime/progress.ts'
import { readModels as createReadModels } from '../runtime/read-models.ts'
import { replicaReads } from '../runtime/replica-reads.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { postgresDocuments } from '../platform/storage/documents/postgres.ts'
import { sqlStateOf } from '../platform/storage/documents/sql-state.ts'
import { postgresSnapshots } from '../platform/storage/snapshots/postgres.ts'
import type { DeclaredJob } from '../serving/job.ts'

/** Dependencies of `openStores`. */
type OpenOptions = {
  /** URL of the PostgreSQL to run on. */
  readonly postgresUrl: string
  /** Folder of its Unix socket, where this process connects by one. */
  readonly postgresSocket: string | undefined
  /** All deciders, jobs and events. */
  readonly deciders: readonly AnyDecider[]
  readonly jobs: readonly Pick<DeclaredJob, 'name' | 'options'>[]
  /** All read models. */
  readonly projections: readonly AnyProjection[]
  readonly events: Catalogue
  readonly metrics: Metrics
  /** Traces commands, appends and mails. Default: untraced. */
  readonly tracing?: Pick<Tracing, 'log' | 'executor' | 'mailer'> | undefined
  /** Called with every event that this version cannot fold. */
  readonly onNewer: (found: NewerVersion) => void
  readonly logger: FastifyBaseLogger
  /** Returns the error handler of a part. */
  readonly failed: (part: string) => (error: unknown) => void
  /** Called after each part of the start. */
  readonly reached: (part: string) => void
  /** Closes the stores, in reverse order. */
  readonly parts: AsyncDisposableStack
}

/** All stores, with the configured adapters. */
export type Stores = Awaited<ReturnType<typeof openStores>>

/** Places that an erasure does not reach, for receipts. */
const beyond = [
  'backups and copies of PostgreSQL: an earlier copy of the table personal_keys decrypts the events of the person',
  'mails that were sent, and the data sent to the payment provider',
  'logs that Agora printed, wherever they are stored',
  'exports of analysts: they are masked, but the id of the person connects the events',
]

/** Place beyond an erasure where personal fields are published. */
const published =
  'events that were published to brokers with the personal fields that BRIDGE_PERSONAL names, wherever their receivers store them'

/**
 * Opens the log and all other stores.
 * @throws BadConfig when a URL is invalid, and the errors of stores that cannot be reached
 */
export const openStores = async (
  config: Config,
  {
    postgresUrl,
    postgresSocket,
    deciders,
    jobs,
    projections,
    events,
    metrics,
    tracing,
    onNewer,
    logger,
    failed,
    reached,
    parts,
  }: OpenOptions,
) => {
  const database = parts.adopt(
    openDatabase(postgresUrl, {
      connections: config.postgresConnections,
      socket: postgresSocket,
    }),
    (it) => it.close(),
  )
  await migrate(database, { onWait: (sentence) => logger.warn(sentence) })
  reached('migrations')
  // Times that processes compare are read from one clock, that of the store.
  const { now: clock } = parts.adopt(
    await storeClock(database, { onError: failed('clock') }),
    (it) => it.close(),
  )
  const {
    blobs,
    probes: probesOfBlobs,
    clients: clientsOfBlobs,
  } = await openBlobs(config, {
    database,
    onChange: (store, isUp, error) =>
      isUp ? logger.info(`${store} answers`) : failed(store)(error),
    onEmpty: (store) =>
      logger.info({ store }, 'The previous store of files is empty; MEDIA_STORE_BEFORE is done'),
    parts,
  })
  const archives = archiveReader(database, async () => blobs)
  const followed = parts.adopt(
    await openEventLog(config, database, { clock, archives, onError: failed('event log') }),
    ({ log: it }) => it.close(),
  )
  await checkFollowedLog(database, followed)
  const keys = parts.adopt(
    await openKeys(database, {
      folder: config.data,
      ...(config.secret !== undefined && { secret: config.secret }),
      tokenTtl: defaultHttpConfig.accessTokenTtl * 1_000,
      clock: () => clock().getTime(),
      onError: failed('keys'),
    }),
    (it) => it.close(),
  )
  const personalKeys = parts.adopt(
    await postgresPersonalKeys(database, { secret: keys.secretFor('personal-keys') }),
    (it) => it.close(),
  )
  const untracedLog = metrics.measured(
    validatingLog(
      encryptingLog(followed.log, {
        catalogue: events,
        keys: personalKeys,
        onError: failed('personal data'),
      }),
      events,
    ),
  )
  const log = tracing?.log(untracedLog) ?? untracedLog
  if (followed.health) {
    metrics.gaugeEventStore(followed.health)
    // Updates the stream index now, so that the first request of an analyst need not wait for it.
    log.categories().catch(failed('event log'))
  }
  const untracedExecutor = parts.adopt(
    createExecutor({
      log,
      snapshots: postgresSnapshots(database),
      catalogue: events,
      clock,
      observed: metrics.command,
      onNewer,
    }),
    (it) => it.idle(),
  )
  const executor = tracing?.executor(untracedExecutor) ?? untracedExecutor
  const redis =
    config.redisUrl === undefined
      ? undefined
      : parts.adopt(
          await (
            await import('../platform/engines/redis/connection.ts')
          ).openRedis(config.redisUrl, {
            onChange: (up, error) =>
              up ? logger.info('Redis is connected') : failed('redis')(error),
          }),
          (it) => it.close(),
        )
  if (redis) metrics.gaugeRedis(redis.isUp)
  // Agoras that share a Redis have different logs, but may have the same secret.
  const room = await logIdentity(database)
  const roomBefore = hash('sha256', keys.secretFor('cache'), 'base64url').slice(0, 16)
  const prefixes = redisKeys(room)
  const counters = redis
    ? withLocalFallback(redisCounters(redis, { prefix: prefixes.counts }), memoryCounters())
    : memoryCounters()
  const cache = redis
    ? twoLevels(memoryCache(), redisCache(redis, { prefix: prefixes.cache }))
    : memoryCache()

  // Every message costs each listening process a read, so only processes that need the bus open it.
  const openBetween = async (): Promise<ProcessBus> =>
    parts.adopt(
      redis && config.redisUrl !== undefined
        ? await (
            await import('../platform/messaging/process-bus/redis.ts')
          ).redisProcessBus(config.redisUrl, redis, {
            key: prefixes.processBus,
            onError: failed('between processes'),
          })
        : await postgresProcessBus(database, { onError: failed('between processes') }),
      (it) => it.close(),
    )

  const {
    documents,
    probes,
    clients: clientsOfDocuments,
  } = await openDocuments(config, {
    database,
    onChange: (store, isUp, error) =>
      isUp ? logger.info(`${store} answers`) : failed(store)(error),
    onUnsharded: (collection, error) =>
      logger.warn(
        { collection, err: error },
        'MongoDB is a sharded cluster, and the collection could not be sharded: it is on one shard, as further ones may be. The user needs the action enableSharding (docs/scaling.md)',
      ),
    parts,
  })
  const letters = postgresDeadLetters(database)
  const checkpoints = postgresCheckpoints(database)
  const readers = postgresEventReaders(database)
  const leases = parts.adopt(
    postgresLeases(database, { limits: limitsOf(config.lease), onError: failed('leases') }),
    (it) => it.close(),
  )
  const control = parts.adopt(await postgresControl(database), (it) => it.close())
  const feed = parts.adopt(await openFeed(log, { onError: failed('feed'), clock }), (it) =>
    it.close(),
  )
  const news = parts.adopt(await postgresPositionNews(database), (it) => it.close())
  const progress = createProgress(documents, feed, { news, onError: failed('positions') })
  const promises = promiseCounts()
  const freshness = createFreshness({
    feed,
    clock,
    count: (...counted) => {
      promises.count(...counted)
      metrics.promised(...counted)
    },
  })
  const readModels = createReadModels(documents, progress, log, {
    feed,
    onForgotten: personalKeys.onDestroyed,
    freshness,
  })
  const replica =
    config.postgresReadUrl === undefined
      ? undefined
      : parts.adopt(
          openDatabase(config.postgresReadUrl, { connections: config.postgresConnections }),
          (it) => it.close(),
        )
  const replicaFailure = (cause: unknown) =>
    new Unavailable('The replica of PostgreSQL cannot be read; all reads go to the primary', {
      cause,
    })
  // Not for sockets and jobs: they wait for a position, and then read without naming it.
  const readModelsOfStores =
    config.mongoReads === 'nearest'
      ? nearbyReads(readModels, documents.nearby, { freshness })
      : readModels
  const readModelsOfRequests = replica
    ? replicaReads(readModelsOfStores, postgresDocuments(replica), {
        freshness,
        onError: (error) => failed('postgres replica')(replicaFailure(error)),
        // serialization_failure: what PostgreSQL cancels a statement with that delays replication (manual, 26.4.2).
        isConflict: (error) => sqlStateOf(error) === '40001',
      })
    : readModelsOfStores

  const rows = parts.adopt(
    postgresQueue(database, { lease: config.lease, onError: failed('queue') }),
    (it) => it.close(),
  )
  const { mails, all: queues } = await openJobs(config, {
    database,
    postgresUrl,
    queues: jobs.filter(({ options }) => options.queue === 'mails').map(({ name }) => name),
    rows,
    room,
    roomBefore,
    failed: failed('queue'),
    logger,
    parts,
  })
  const smtp =
    config.smtpUrl === undefined
      ? undefined
      : (await import('../platform/external/mail/smtp.ts')).smtpMailer({
          url: config.smtpUrl,
          from: config.mailFrom,
          onChange: (isUp, error) =>
            isUp ? logger.info('The mail server answers') : failed('mail')(error),
        })
  const untracedMailer = parts.adopt(
    smtp ?? outboxMailer({ folder: join(config.data, 'outbox'), from: config.mailFrom }),
    (it) => it.close(),
  )
  const smsGateway =
    config.smsUrl === undefined
      ? undefined
      : (await import('../platform/external/sms/gateway.ts')).gatewaySms({
          url: config.smsUrl,
          from: config.smsFrom,
          clock,
          onChange: (isUp, error) =>
            isUp ? logger.info('The gateway of text messages answers') : failed('sms')(error),
        })
  const sms = smsGateway ?? outboxSms({ folder: join(config.data, 'outbox') })
  const mailer = tracing?.mailer(untracedMailer) ?? untracedMailer
  const forgetting = postgresForgetting(database, {
    keys: personalKeys,
    raw: followed.log,
    log,
    catalogue: events,
    streamsOf: (person) =>
      deciders.filter(({ id }) => id === UserId).map((decider) => streamOf(decider, person)),
    isOfOthers: async (address, person) => {
      const { state } = await executor.stateOf(email, emailIdOf(address))
      return state.status !== 'free' && state.userId !== person
    },
    mailer,
    elsewhere: [
      // Outbox, PostgreSQL and the files of users have erasers of their own.
      inFiles(config.data, { except: ['outbox', 'postgres', 'blobs'] }),
      inReadModels(documents, projections),
      ...(config.redisUrl === undefined
        ? []
        : [
            (await import('./forgetting-in-redis.ts')).forgettingInRedis(config.redisUrl, {
              room,
              roomBefore,
              stores: jobStores(database),
            }),
          ]),
    ],
    beyond: [...beyond, ...(config.bridges.personal.length > 0 ? [published] : [])],
  })
  personalKeys.onDestroyed((person) => {
    executor.forget(person)
    feed.replace((event) => forgotten(events, event, person))
  })

  return {
    database,
    clock,
    followed,
    archives,
    log,
    executor,
    keys,
    personalKeys,
    counters,
    openBetween,
    cache,
    documents,
    probes: {
      ...probes,
      ...probesOfBlobs,
      ...(replica && {
        'postgres replica': () =>
          replica.query('SELECT 1').catch((error: unknown) => {
            throw replicaFailure(error)
          }),
      }),
    },
    /** Whether Redis answers; undefined where it is not configured. */
    redisIsUp: redis?.isUp,
    blobs,
    letters,
    checkpoints,
    readers,
    freshness,
    promises,
    leases,
    control,
    feed,
    progress,
    readModels,
    readModelsOfRequests,
    rows,
    mails,
    queues,
    mailer,
    sms,
    forgetting,
    /** Clients of servers outside of Agora. */
    clients: [
      ...clientsOfDocuments,
      ...clientsOfBlobs,
      ...(redis ? [redis.client] : []),
      ...(smtp ? [smtp.client] : []),
      ...(smsGateway ? [smsGateway.client] : []),
    ],
  }
}
