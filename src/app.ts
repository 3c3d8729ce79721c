import { join } from 'node:path'
import { catalogue, declarationOf, type AnyDecider, type AnyProjection } from '#kernel'
import type { FastifyBaseLogger } from 'fastify'
import { openEventLog, serveLog } from './app-log.ts'
import type { Config } from './config.ts'
import { deciders } from './domains/index.ts'
import { ensureAdmin } from './http/accounts.ts'
import { defaultHttpConfig, type Check } from './http/dependencies.ts'
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
import { openKeys } from './platform/keys/open-keys.ts'
import { postgresLeases } from './platform/leases/postgres.ts'
import { checkFollowedLog, rememberLog } from './platform/log-identity/followed-log.ts'
import { outboxMailer } from './platform/mail/outbox.ts'
import { smtpMailer } from './platform/mail/smtp.ts'
import { metrics as createMetrics } from './platform/metrics/metrics.ts'
import { argon2Passwords } from './platform/passwords/argon2.ts'
import { paymentSimulator } from './platform/payments/simulator.ts'
import { openDatabase } from './platform/postgres/database.ts'
import { migrate } from './platform/postgres/migrate.ts'
import { bullmqQueue } from './platform/queue/bullmq.ts'
import { patient } from './platform/queue/patient.ts'
import { postgresQueue } from './platform/queue/postgres.ts'
import { postgresReceipts } from './platform/receipts/postgres.ts'
import { openRedis } from './platform/redis/connection.ts'
import { postgresControl } from './platform/runtime/control.ts'
import { dispatchJobs, workOnJobs } from './platform/runtime/dispatch.ts'
import { executor as createExecutor } from './platform/runtime/execute.ts'
import { openFeed } from './platform/runtime/feed.ts'
import type { AnyJob } from './platform/runtime/job.ts'
import { operations as createOperations } from './platform/runtime/operate.ts'
import { orchestrate, timersQueue, wakeSagas } from './platform/runtime/orchestrate.ts'
import { progress as createProgress } from './platform/runtime/progress.ts'
import { project } from './platform/runtime/project.ts'
import { readModels as createReadModels } from './platform/runtime/read-models.ts'
import { sagaOverview } from './platform/runtime/saga-overview.ts'
import { postgresSnapshots } from './platform/snapshots/postgres.ts'
import { Unavailable } from './platform/unavailable.ts'
import { projections as declaredProjections } from './projections/index.ts'
import { attachSockets } from './realtime/index.ts'
import { sagas as declareSagas } from './sagas/index.ts'

/** A running Agora. Disposing of it finishes what is in flight and lets everything go. */
export type App = AsyncDisposable & {
  /** Where it is served, `http://127.0.0.1:3000`. */
  readonly url: string
}

/** Read models that lag further behind than this, in seconds, are not ready. */
const tolerableLag = 30

/** Whether a store answers. */
const reached = async (name: string, ask: () => Promise<unknown>): Promise<Check> => {
  try {
    await ask()
    return { name, ok: true }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    return { name, ok: false, detail: error.message }
  }
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

  const sagas = declareSagas({ orderTimeout: config.orderTimeout })
  const events = catalogue([...deciders, ...sagas.map(declarationOf)])
  const followed = starting.adopt(
    await openEventLog(config, database, failed('event log')),
    ({ log: it }) => it.close(),
  )
  await checkFollowedLog(database, followed)
  const log = metrics.measured(checked(followed.log, events))
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
  const keys = starting.adopt(
    await openKeys(database, {
      folder: config.data,
      ...(config.secret !== undefined && { secret: config.secret }),
      tokenTtl: defaultHttpConfig.accessTokenTtl * 1_000,
      onError: failed('keys'),
    }),
    (it) => it.close(),
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
  // Known for sure once it is served: port 0 means any.
  let site = config.publicUrl ?? `http://${config.host}:${config.port}`
  const accountLetters = {
    links: accountLinks(keys.secretFor('account-links')),
    site: () => site,
  }
  const jobs: readonly AnyJob[] = declareJobs(
    { provider, mailer, readModels, letters: accountLetters },
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

  const follow = { feed, leases, checkpoints, letters, control }
  for (const projection of projections)
    running.push(
      project(projection, stop.signal, {
        ...follow,
        documents,
        progress,
        onError: failed('projection'),
      }),
    )
  const byName = new Map(deciders.map((decider): [string, AnyDecider] => [decider.name, decider]))
  const orchestrated = sagas.map((saga) =>
    orchestrate(saga, {
      ...follow,
      log,
      executor,
      deciders: byName,
      catalogue: events,
      queue: rows,
      onError: failed('saga'),
    }),
  )
  for (const saga of orchestrated) running.push(saga.run(stop.signal))
  running.push(dispatchJobs(jobs, queueOf, stop.signal, { ...follow, onError: failed('jobs') }))
  starting.adopt(await wakeSagas(rows, orchestrated), (it) => it.stop())
  starting.adopt(
    await workOnJobs(jobs, queueOf, ({ queue, id, attempt, error, parked }) => {
      metrics.failedJob(queue, parked)
      logger.warn({ err: error, queue, id, attempt, parked }, 'A job failed')
    }),
    (it) => it.stop(),
  )

  if (config.admin) await ensureAdmin({ executor, passwords }, config.admin)

  const endpoint = await serveLog(config, {
    raw: followed.log,
    log,
    catalogue: events,
    executor,
    passwords,
    logger,
    onError: failed('endpoint'),
  })
  if (endpoint) starting.adopt(endpoint, (it) => it.close())

  const server = await buildServer({
    config: {
      ...defaultHttpConfig,
      rateLimit: config.rateLimit,
      corsOrigins: config.corsOrigins,
      trustProxy: config.trustProxy,
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
    passwords,
    keys,
    counters,
    feed,
    checks: async () => {
      const stores = await Promise.all([
        reached('postgres', () => database.query('SELECT 1')),
        ...(followed.health ? [reached('eventstoredb', log.head)] : []),
      ])
      if (stores.some(({ ok }) => !ok)) return stores
      const lagging = (await operations.projections()).filter(
        ({ generation, lagSeconds }) => generation === 0 || lagSeconds > tolerableLag,
      )
      const behind = lagging.map(({ name }) => name).join(', ')
      return [
        ...stores,
        {
          name: 'projections',
          ok: lagging.length === 0,
          ...(behind !== '' && { detail: `Behind: ${behind}` }),
        },
      ]
    },
    metrics: metrics.text,
    served: metrics.served,
  })
  starting.adopt(server, (it) => it.close())
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

  const everything = starting.move()
  return { url, [Symbol.asyncDispose]: () => everything.disposeAsync() }
}
