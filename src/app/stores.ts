import { hash } from 'node:crypto'
import { join } from 'node:path'
import { streamOf, type Catalogue, type AnyDecider } from '#kernel'
import type { FastifyBaseLogger } from 'fastify'
import { openDocuments } from './documents.ts'
import { openJobs } from './jobs.ts'
import { openEventLog } from './log.ts'
import { redisKeys } from './redis-keys.ts'
import type { Config } from '../config.ts'
import { email, emailIdOf } from '../domains/identity/language.ts'
import { UserId } from '../domains/shared/index.ts'
import { defaultHttpConfig } from '../edges/http/dependencies.ts'
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
import { postgresForgetting } from '../platform/security/erasure/postgres.ts'
import { openKeys } from '../platform/security/keys/open-keys.ts'
import { postgresLeases } from '../platform/messaging/leases/postgres.ts'
import { limitsOf } from '../platform/messaging/leases/session.ts'
import { checkFollowedLog } from '../platform/storage/log-identity/followed-log.ts'
import { logIdentity } from '../platform/storage/log-identity/log-identity.ts'
import { outboxMailer } from '../platform/external/mail/outbox.ts'
import type { Metrics } from '../platform/observability/metrics/metrics.ts'
import type { NewerVersion } from '../platform/newer-version.ts'
import { postgresPersonalKeys } from '../platform/security/personal/postgres.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'
import { migrate } from '../platform/engines/postgres/migrate.ts'
import { storeClock } from '../platform/engines/postgres/store-clock.ts'
import { jobStores } from '../platform/messaging/queue/job-stores.ts'
import { postgresQueue } from '../platform/messaging/queue/postgres.ts'
import { postgresControl } from '../platform/messaging/control/postgres.ts'
import { executor as createExecutor } from '../runtime/execute.ts'
import { openFeed } from '../runtime/feed.ts'
import { progress as createProgress } from '../runtime/progress.ts'
import { readModels as createReadModels } from '../runtime/read-models.ts'
import { postgresSnapshots } from '../platform/storage/snapshots/postgres.ts'
import type { DeclaredJob } from '../serving/job.ts'

/** What stores are opened with. */
type Opening = {
  /** The PostgreSQL to run on. */
  readonly postgresUrl: string
  /** The folder of its Unix socket, where this process reaches it by one. */
  readonly postgresSocket: string | undefined
  /** Every decider, job and event that there is. */
  readonly deciders: readonly AnyDecider[]
  readonly jobs: readonly Pick<DeclaredJob, 'name' | 'options'>[]
  readonly events: Catalogue
  readonly metrics: Metrics
  /** Told of every event that this version cannot fold. */
  readonly onNewer: (found: NewerVersion) => void
  readonly logger: FastifyBaseLogger
  /** Given a part, what is told of its failures. */
  readonly failed: (part: string) => (error: unknown) => void
  /** Is told of each part of the start that is done. */
  readonly reached: (part: string) => void
  /** Keeps what is to be closed, in reverse order. */
  readonly parts: AsyncDisposableStack
}

/** Everything that is kept somewhere, by the adapters that the configuration asks for. */
export type Stores = Awaited<ReturnType<typeof openStores>>

/** Where nobody is forgotten by Agora, for receipts. */
const beyond = [
  'backups and copies of PostgreSQL: who has its table personal_keys from before can read what the log says of them',
  'mails that were sent, and what was said to the provider of payments',
  'what Agora has printed, and where it was sent',
  'exports of analysts: they are masked and name nobody, but can tell what somebody did by their id',
]

/**
 * Opens the log and all stores beside it.
 * @throws BadConfig when a URL cannot be understood; what the stores throw when they cannot be reached
 */
export const openStores = async (
  config: Config,
  {
    postgresUrl,
    postgresSocket,
    deciders,
    jobs,
    events,
    metrics,
    onNewer,
    logger,
    failed,
    reached,
    parts,
  }: Opening,
) => {
  const database = parts.adopt(
    openDatabase(postgresUrl, {
      connections: config.postgresConnections,
      socket: postgresSocket,
    }),
    (it) => it.close(),
  )
  await migrate(database)
  reached('migrations')
  // Moments that processes compare are of one clock.
  const { now: clock } = parts.adopt(
    await storeClock(database, { onError: failed('clock') }),
    (it) => it.close(),
  )
  const followed = parts.adopt(
    await openEventLog(config, database, { clock, onError: failed('event log') }),
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
  const log = metrics.measured(
    validatingLog(
      encryptingLog(followed.log, {
        catalogue: events,
        keys: personalKeys,
        onError: failed('personal data'),
      }),
      events,
    ),
  )
  if (followed.health) {
    metrics.gaugeEventStore(followed.health)
    // Counts what has come since, so that the first analyst who asks need not wait for it.
    log.categories().catch(failed('event log'))
  }
  const executor = parts.adopt(
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
  const redis =
    config.redisUrl === undefined
      ? undefined
      : parts.adopt(
          await (
            await import('../platform/engines/redis/connection.ts')
          ).openRedis(config.redisUrl, {
            onChange: (up, error) => (up ? logger.info('Redis is there') : failed('redis')(error)),
          }),
          (it) => it.close(),
        )
  if (redis) metrics.gaugeRedis(redis.isUp)
  // Agoras that share a Redis have logs of their own, and perhaps one secret.
  const ours = await logIdentity(database)
  const oursBefore = hash('sha256', keys.secretFor('cache'), 'base64url').slice(0, 16)
  const prefixes = redisKeys(ours)
  const counters = redis
    ? withLocalFallback(redisCounters(redis, { prefix: prefixes.counts }), memoryCounters())
    : memoryCounters()
  const cache = redis
    ? twoLevels(memoryCache(), redisCache(redis, { prefix: prefixes.cache }))
    : memoryCache()

  // Each message costs every process that listens a read: only who has use for them does.
  const openBetween = async (): Promise<ProcessBus> =>
    parts.adopt(
      redis && config.redisUrl !== undefined
        ? await (
            await import('../platform/messaging/process-bus/redis.ts')
          ).redisProcessBus(config.redisUrl, redis, {
            key: prefixes.told,
            onError: failed('between processes'),
          })
        : await postgresProcessBus(database, { onError: failed('between processes') }),
      (it) => it.close(),
    )

  const { documents, probes } = await openDocuments(config, {
    database,
    onChange: (store, isUp, error) =>
      isUp ? logger.info(`${store} answers`) : failed(store)(error),
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
  const feed = parts.adopt(await openFeed(log, { onError: failed('feed') }), (it) => it.close())
  const progress = createProgress(documents, feed)
  const readModels = createReadModels(documents, progress, log, {
    onForgotten: personalKeys.onDestroyed,
  })

  const rows = parts.adopt(
    postgresQueue(database, { lease: config.lease, onError: failed('queue') }),
    (it) => it.close(),
  )
  const { mails, all: queues } = await openJobs(config, {
    database,
    postgresUrl,
    queues: jobs.filter(({ options }) => options.queue === 'mails').map(({ name }) => name),
    rows,
    room: ours,
    roomBefore: oursBefore,
    failed: failed('queue'),
    logger,
    parts,
  })
  const mailer = parts.adopt(
    config.smtpUrl
      ? (await import('../platform/external/mail/smtp.ts')).smtpMailer({
          url: config.smtpUrl,
          from: config.mailFrom,
        })
      : outboxMailer({ folder: join(config.data, 'outbox'), from: config.mailFrom }),
    (it) => it.close(),
  )
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
      // What is in the outbox and in PostgreSQL has been looked after.
      inFiles(config.data, { except: ['outbox', 'postgres'] }),
      ...(config.redisUrl === undefined
        ? []
        : [
            (await import('./forgetting-in-redis.ts')).forgettingInRedis(config.redisUrl, {
              room: ours,
              roomBefore: oursBefore,
              stores: jobStores(database),
            }),
          ]),
    ],
    beyond,
  })
  personalKeys.onDestroyed((person) => {
    executor.forget(person)
    feed.replace((event) => forgotten(events, event, person))
  })

  return {
    database,
    clock,
    followed,
    log,
    executor,
    keys,
    personalKeys,
    counters,
    openBetween,
    cache,
    documents,
    probes,
    letters,
    checkpoints,
    readers,
    leases,
    control,
    feed,
    progress,
    readModels,
    rows,
    mails,
    queues,
    mailer,
    forgetting,
  }
}
