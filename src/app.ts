import { join } from 'node:path'
import { catalogue, declarationOf, streamOf, type AnyProjection } from '#kernel'
import type { FastifyBaseLogger } from 'fastify'
import { checksOf } from './app-checks.ts'
import { openEventLog, serveLog } from './app-log.ts'
import { openProcesses } from './app-processes.ts'
import { startWork } from './app-work.ts'
import type { Config } from './config.ts'
import { deciders } from './domains/index.ts'
import { UserId } from './domains/shared/index.ts'
import { ensureAdmin } from './http/accounts.ts'
import { defaultHttpConfig } from './http/dependencies.ts'
import { buildServer } from './http/server.ts'
import { jobs as declareJobs } from './jobs/index.ts'
import { accountLinks } from './platform/account-links.ts'
import { postgresCheckpoints } from './platform/checkpoints/postgres.ts'
import { keptHereToo } from './platform/counters/kept-here-too.ts'
import { memoryCounters } from './platform/counters/memory.ts'
import { redisCounters } from './platform/counters/redis.ts'
import { postgresDeadLetters } from './platform/dead-letters/postgres.ts'
import { postgresDocuments } from './platform/documents/postgres.ts'
import { checked } from './platform/event-log/checked.ts'
import { forgotten, sealed } from './platform/event-log/sealed.ts'
import { postgresForgetting } from './platform/forgetting/postgres.ts'
import { openKeys } from './platform/keys/open-keys.ts'
import { postgresLeases } from './platform/leases/postgres.ts'
import { checkFollowedLog, rememberLog } from './platform/log-identity/followed-log.ts'
import { outboxMailer } from './platform/mail/outbox.ts'
import { smtpMailer } from './platform/mail/smtp.ts'
import { metrics as createMetrics } from './platform/metrics/metrics.ts'
import { openIdProvider } from './platform/oauth/openid.ts'
import { argon2Passwords } from './platform/passwords/argon2.ts'
import { postgresPersonalKeys } from './platform/personal/postgres.ts'
import { paymentSimulator } from './platform/payments/simulator.ts'
import { openDatabase } from './platform/postgres/database.ts'
import { migrate } from './platform/postgres/migrate.ts'
import { bullmqQueue } from './platform/queue/bullmq.ts'
import { patient } from './platform/queue/patient.ts'
import { postgresQueue } from './platform/queue/postgres.ts'
import { postgresReceipts } from './platform/receipts/postgres.ts'
import { openRedis } from './platform/redis/connection.ts'
import { postgresControl } from './platform/runtime/control.ts'
import { executor as createExecutor } from './platform/runtime/execute.ts'
import { openFeed } from './platform/runtime/feed.ts'
import type { AnyJob } from './platform/runtime/job.ts'
import { operations as createOperations } from './platform/runtime/operate.ts'
import { timersQueue } from './platform/runtime/orchestrate.ts'
import { progress as createProgress } from './platform/runtime/progress.ts'
import { readModels as createReadModels } from './platform/runtime/read-models.ts'
import { sagaOverview } from './platform/runtime/saga-overview.ts'
import { postgresSnapshots } from './platform/snapshots/postgres.ts'
import { projections as declaredProjections } from './projections/index.ts'
import { attachSockets } from './realtime/index.ts'
import { sagas as declareSagas } from './sagas/index.ts'

/** A running Agora. Disposing of it finishes what is in flight and lets everything go. */
export type App = AsyncDisposable & {
  /** Where it is served, `http://127.0.0.1:3000`. */
  readonly url: string
}

/** Introduces everything to everything; has no rules of its own. @param postgresUrl the PostgreSQL to run on */
export const startApp = async (
  config: Config,
  { postgresUrl, logger }: { readonly postgresUrl: string; readonly logger: FastifyBaseLogger },
): Promise<App> => {
  await using starting = new AsyncDisposableStack()

  const database = starting.adopt(openDatabase(postgresUrl, { connections: 24 }), (it) =>
    it.close(),
  )
  await migrate(database)
  const metrics = createMetrics()
  const stop = new AbortController()
  const failed =
    (part: string) =>
    (error: unknown, name = part, key?: string) => {
      // While everything is being closed, what is cut off is meant to be.
      if (stop.signal.aborted) return
      metrics.error(part, name)
      logger.warn({ err: error, part, name, key }, 'Something failed and is tried again')
    }

  const { roles } = config
  const sagas = declareSagas({ orderTimeout: config.orderTimeout })
  const events = catalogue([...deciders, ...sagas.map(declarationOf)])
  const followed = starting.adopt(
    await openEventLog(config, database, failed('event log')),
    ({ log: it }) => it.close(),
  )
  await checkFollowedLog(database, followed)
  const keys = starting.adopt(
    await openKeys(database, {
      folder: config.data,
      ...(config.secret !== undefined && { secret: config.secret }),
      tokenTtl: defaultHttpConfig.accessTokenTtl * 1_000,
      onError: failed('keys'),
    }),
    (it) => it.close(),
  )
  const personalKeys = starting.adopt(
    await postgresPersonalKeys(database, { secret: keys.secretFor('personal-keys') }),
    (it) => it.close(),
  )
  const log = metrics.measured(
    checked(
      sealed(followed.log, {
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
  const executor = starting.adopt(
    createExecutor({
      log,
      snapshots: postgresSnapshots(database),
      catalogue: events,
      observed: metrics.command,
    }),
    (it) => it.idle(),
  )
  const passwords = argon2Passwords()
  const redis =
    config.redisUrl === undefined
      ? undefined
      : starting.adopt(
          await openRedis(config.redisUrl, {
            onChange: (up, error) => (up ? logger.info('Redis is there') : failed('redis')(error)),
          }),
          (it) => it.close(),
        )
  if (redis) metrics.gaugeRedis(redis.isUp)
  const counters = redis ? keptHereToo(redisCounters(redis), memoryCounters()) : memoryCounters()

  const documents = postgresDocuments(database)
  const letters = postgresDeadLetters(database)
  const checkpoints = postgresCheckpoints(database)
  const leases = starting.adopt(postgresLeases(database), (it) => it.close())
  const control = starting.adopt(await postgresControl(database), (it) => it.close())
  const feed = starting.adopt(await openFeed(log, { onError: failed('feed') }), (it) => it.close())
  const progress = createProgress(documents)
  const readModels = createReadModels(documents, progress, log)

  const rows = starting.adopt(postgresQueue(database, { onError: failed('queue') }), (it) =>
    it.close(),
  )
  const bull = starting.adopt(
    patient(
      await bullmqQueue(config.redisUrl ?? postgresUrl, {
        queues: ['send-mail'],
        onError: failed('queue'),
      }),
    ),
    (it) => it.close(),
  )
  const provider = paymentSimulator(database)
  const mailer = starting.adopt(
    config.smtpUrl
      ? smtpMailer({ url: config.smtpUrl, from: config.mailFrom })
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
    mailer,
  })
  personalKeys.onDestroyed((person) => {
    executor.forget(person)
    feed.replace((event) => forgotten(events, event, person))
  })
  // Known for sure once it is served: port 0 means any.
  let site = config.publicUrl ?? `http://${config.host}:${config.port}`
  const accountLetters = {
    links: accountLinks(keys.secretFor('account-links')),
    site: () => site,
  }
  const jobs: readonly AnyJob[] = declareJobs(
    { provider, mailer, readModels, letters: accountLetters, forgetting },
    executor,
  )
  // Many small ones go in rows, taken by the batch; the outside world is BullMQ's.
  const queueOf = ({ name }: AnyJob) => (name === 'send-mail' ? bull : rows)

  const overview = sagaOverview(sagas)
  const projections: readonly AnyProjection[] = [...declaredProjections, overview]
  const operations = createOperations({
    projections,
    overview,
    documents,
    log,
    letters,
    control,
    progress,
    queues: [rows, bull],
  })
  metrics.gauge({
    projections: operations.projections,
    sagas: async () =>
      Promise.all(
        sagas.flatMap(({ name: saga }) =>
          (['running', 'ended'] as const).map(async (state) => {
            const { total } = await documents.find(overview, { where: { saga, state }, limit: 1 })
            return { saga, state, runs: total }
          }),
        ),
      ),
    jobs: async () =>
      Promise.all([
        ...jobs.map(async (job) => ({ queue: job.name, ...(await queueOf(job).counts(job.name)) })),
        rows.counts(timersQueue).then((counts) => ({ queue: timersQueue, ...counts })),
      ]),
  })

  // From here on things move: followers stop before what they use is closed.
  const running: Promise<void>[] = []
  starting.defer(async () => {
    stop.abort()
    await Promise.all(running)
  })

  running.push(
    feed
      .next(0n, { signal: stop.signal, limit: 1 })
      .then(async () => void (await rememberLog(database, followed)))
      .catch(failed('event log')),
  )

  await startWork({
    roles,
    projections,
    sagas,
    jobs,
    deciders,
    catalogue: events,
    with: {
      feed,
      leases,
      checkpoints,
      letters,
      control,
      documents,
      progress,
      log,
      executor,
      queue: rows,
      onForgotten: personalKeys.onDestroyed,
    },
    queueOf,
    failedJob: ({ queue, id, attempt, error, parked }) => {
      metrics.failedJob(queue, parked)
      logger.warn({ err: error, queue, id, attempt, parked }, 'A job failed')
    },
    failed,
    signal: stop.signal,
    parts: starting,
    runs: (ended) => void running.push(ended),
  })

  if (config.admin && roles.has('api')) await ensureAdmin({ executor, passwords }, config.admin)

  const isGateway = roles.has('gateway')
  const endpoint =
    isGateway &&
    (await serveLog(config, {
      raw: followed.log,
      log,
      catalogue: events,
      executor,
      passwords,
      counters,
      logger,
      onError: failed('endpoint'),
    }))
  if (endpoint) starting.adopt(endpoint, (it) => it.close())

  const processes = await openProcesses(config, {
    database,
    keys,
    logger,
    failed: failed('registry'),
    parts: starting,
  })
  if (processes.passOn) metrics.gaugeBreakers(processes.breakers)
  const server = await buildServer({
    config: {
      ...defaultHttpConfig,
      // Who comes through the gateway was counted there, and is who it says.
      rateLimit: !processes.internalOnly && config.rateLimit,
      corsOrigins: config.corsOrigins,
      trustProxy: processes.internalOnly || config.trustProxy,
      secureCookies: config.secureCookies,
      ...(config.publicUrl !== undefined && { publicUrl: config.publicUrl }),
    },
    logger,
    executor,
    readModels,
    log,
    catalogue: events,
    operations,
    receipts: postgresReceipts(database),
    forgetting,
    passwords,
    keys,
    identityProviders: config.oauthProviders.map(openIdProvider),
    counters,
    feed,
    processes,
    checks: checksOf(
      {
        postgres: () => database.query('SELECT 1'),
        ...(followed.health && { eventstoredb: log.head }),
      },
      operations,
    ),
    metrics: metrics.text,
    served: metrics.served,
  })
  starting.adopt(server, (it) => it.close())
  processes.check(server.contexts)
  if (isGateway)
    starting.adopt(
      attachSockets(server.server, {
        verifyToken: server.verifyToken,
        revocations: server.revocations,
        readModels,
        feed,
        progress,
        executor,
        log,
        catalogue: events,
        logger,
        corsOrigins: config.corsOrigins,
      }),
      (it) => it.close(),
    )
  if (endpoint) logger.info({ url: endpoint.url }, 'The log is served to clients of EventStoreDB')
  const url = await server.listen({ port: config.port, host: config.host })
  site = config.publicUrl ?? url
  await processes.join(server.contexts, url)

  const everything = starting.move()
  return { url, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}
