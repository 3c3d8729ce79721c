import type { FastifyBaseLogger } from 'fastify'
import { auditing } from './app/auditing.ts'
import { brokersOf, checkBridges, openBridges, openCommands, publishedBy } from './app/bridges.ts'
import { checksOf, eventsCheck } from './app/checks.ts'
import { allDeclared, type Further } from './app/declared.ts'
import { openEndpoint } from './app/endpoint.ts'
import { openGrpc } from './app/grpc.ts'
import { httpConfigOf } from './app/http-config.ts'
import { openJobPorts } from './app/job-ports.ts'
import { failureLog } from './app/log-failures.ts'
import { logChain } from './app/log-chain.ts'
import { openLogs } from './app/logs.ts'
import { measuring } from './app/measuring.ts'
import { openPayments } from './app/payments.ts'
import { openProcesses } from './app/processes.ts'
import { openStores } from './app/stores.ts'
import { openTracing } from './app/tracing.ts'
import { readByFollowers, startWork } from './app/work.ts'
import type { Config } from './config.ts'
import { ensureAdmin } from './domains/identity/services/accounts.ts'
import { builtWebApp } from './edges/http/web-app.ts'
import { webAppFolder } from './app/web-app-folder.ts'
import { buildServer } from './edges/http/server.ts'
import { asyncApi } from './docs/async-api.ts'
import type { Declared } from './docs/declared.ts'
import { eventSchemas } from './docs/event-schemas.ts'
import { commandOf, wholeVersion } from './platform/storage/event-readers/port.ts'
import { cannotListen } from './platform/engines/listening/cannot-listen.ts'
import { rememberLog } from './platform/storage/log-identity/followed-log.ts'
import type { LogShipper } from './platform/observability/logs/shipping.ts'
import { metrics as createMetrics } from './platform/observability/metrics/metrics.ts'
import { answerCounts } from './platform/observability/reports/answer-counts.ts'
import { postgresReports } from './platform/observability/reports/postgres.ts'
import { NewerVersion } from './platform/newer-version.ts'
import { argon2Passwords } from './platform/security/passwords/argon2.ts'
import { defaultRates } from './platform/external/carriers/default-rates.ts'
import { tableRates } from './platform/external/carriers/table.ts'
import { postgresConsumerGroups } from './platform/messaging/consumer-groups/postgres.ts'
import { postgresAudits } from './platform/storage/audits/postgres.ts'
import { postgresReceipts } from './platform/storage/idempotency/postgres.ts'
import type { AnyJob } from './runtime/job.ts'
import { operations as createOperations } from './runtime/operate.ts'
import { timersQueue } from './runtime/orchestrate.ts'
import { countRuns } from './runtime/saga-overview.ts'
import { unreadableEvents } from './runtime/unreadable-events.ts'
import { attachSockets } from './edges/sockets/index.ts'
import { boundChore } from './serving/chore.ts'
import { boundJob } from './serving/job.ts'
import { authenticator } from './domains/identity/services/authenticator.ts'
import { operationModules } from './operations/index.ts'

/** A running Agora. Disposing of it drains running work and closes all resources. */
export type App = AsyncDisposable & {
  /** URL that it listens on, `http://127.0.0.1:3000`. */
  readonly url: string
  /** Port of gRPC; undefined where it is not served. */
  readonly grpcPort: number | undefined
  /** Port of the EventStoreDB endpoint, where it is served. */
  readonly eventStorePort: number | undefined
}

/** Options of an Agora besides its configuration. */
export type AppOptions = Further & {
  /** URL of the PostgreSQL to run on. */
  readonly postgresUrl: string
  /** Folder of its Unix socket, where this process connects by one. */
  readonly postgresSocket?: string | undefined
  readonly logger: FastifyBaseLogger
  /** Lines of the logger on their way to the log store. Default: none are stored. */
  readonly lines?: LogShipper
  /** Called after each part of the start. */
  readonly reached?: (part: string) => void
}

/** Creates the configured identity providers; the module for them is imported only if there are any. */
const identityProvidersOf = async ({ oauthProviders }: Config) => {
  if (oauthProviders.length === 0) return []
  const { openIdProvider } = await import('./platform/external/oauth/openid.ts')
  return oauthProviders.map(openIdProvider)
}

/** Wires all parts of an Agora and starts it; contains no rules. */
export const startApp = async (
  config: Config,
  { postgresUrl, postgresSocket, logger, lines, reached = () => undefined, ...further }: AppOptions,
): Promise<App> => {
  await using starting = new AsyncDisposableStack()

  const metrics = createMetrics()
  const unreadable = unreadableEvents()
  const stop = new AbortController()
  const logFailure = failureLog((line) =>
    logger.warn(line, 'Background work failed and is retried'),
  )
  const failed =
    (part: string) =>
    (error: unknown, name = part, key?: string) => {
      // Errors of work that is aborted while closing are expected.
      if (stop.signal.aborted) return
      if (error instanceof NewerVersion) unreadable.met(error)
      metrics.error(part, name)
      logFailure(error, { part, name, key })
    }

  const identityProviders = await identityProvidersOf(config)
  // Opened first, and so closed last: lines are written until the end.
  const { logs, clients: clientsOfLogs } = await openLogs(config, {
    lines,
    onError: failed('logs'),
    parts: starting,
  })
  if (lines) metrics.gaugeLogs(lines.counts)

  const { roles } = config
  // Known once the stores are open: no request is served before.
  const sampling: { key: Buffer | undefined } = { key: undefined }
  const tracing = await openTracing(config, {
    samplingKey: () => sampling.key,
    onError: failed('tracing'),
  })
  if (tracing) {
    starting.defer(tracing.tracer.close)
    metrics.countSpans(tracing.tracer.counts)
  }
  const declared = allDeclared(config, further)
  const { modules, deciders, channels, sagas, events, overview, projections } = declared
  const published = publishedBy(modules)
  checkBridges(config, published)
  reached('declared')
  const counts = answerCounts()
  const stores = await openStores(config, {
    postgresUrl,
    postgresSocket,
    deciders,
    jobs: declared.jobs,
    projections,
    events,
    metrics: {
      ...metrics,
      command: (...command) => {
        metrics.command(...command)
        counts.decided()
      },
    },
    tracing,
    onNewer: unreadable.met,
    logger,
    failed,
    reached,
    parts: starting,
  })
  sampling.key = stores.keys.secretFor('trace-sampling')
  reached('stores')
  const { database, clock, followed, log, executor, keys, documents, letters, control, feed } =
    stores
  const { progress, blobs, readModels, rows, mails, queues, counters, forgetting } = stores
  const passwords = argon2Passwords()
  const payments = openPayments(database, { logger, metrics, onError: failed('payments') })
  const reports = postgresReports(database)
  const audits = postgresAudits(database)
  const chain = logChain(config, { database, followed, archives: stores.archives, keys, logger })
  const groups = postgresConsumerGroups(database)
  const operations = createOperations({
    projections,
    sagas,
    catalogue: events,
    overview,
    documents,
    log,
    letters,
    audits,
    control,
    progress,
    queues,
    brokers: brokersOf(config),
    checkpoints: stores.checkpoints,
    groups,
    clock,
  })
  // Set again once the server listens: with port 0, the port is known only then.
  let site = config.publicUrl ?? `http://${config.host}:${config.port}`
  const stopping = new AbortController()
  const ports = openJobPorts(config, {
    modules,
    stores,
    operations,
    payments,
    reports,
    metrics,
    logger,
    site: () => site,
    stopping: stopping.signal,
  })
  const { push, webhooks } = ports
  const clients = [
    ...stores.clients,
    ...clientsOfLogs,
    payments.provider.client,
    push.client,
    webhooks.client,
    ...identityProviders.map(({ client }) => client),
  ]
  metrics.gaugeClients(clients)
  const jobs: readonly AnyJob[] = declared.jobs.map((job) => {
    const bound = boundJob(job, ports)
    return tracing?.job(bound) ?? bound
  })
  const commands = deciders.flatMap(({ name, commands: commandSchemas }) =>
    Object.keys(commandSchemas).map((type) => commandOf(name, type)),
  )
  // Before the first append: other versions read from it which event types they must not skip for this one.
  await stores.readers.declare(
    new Map([
      ...readByFollowers(sagas, jobs, { brokers: brokersOf(config), published }),
      [wholeVersion, [...events.types, ...commands]],
    ]),
  )
  const queueOf = ({ options }: AnyJob) => (options.queue === 'mails' ? mails : rows)

  metrics.gaugeAudits(operations.audits)
  if (brokersOf(config).length > 0) metrics.gaugeBridges(operations.bridges)
  metrics.gauge({
    projections: operations.projections,
    deadLetters: operations.deadLetterCounts,
    sagas: () => countRuns(documents, overview, sagas),
    jobs: async () =>
      Promise.all([
        ...jobs.map(async (job) => ({ queue: job.name, ...(await queueOf(job).counts(job.name)) })),
        rows.counts(timersQueue).then((counts) => ({ queue: timersQueue, ...counts })),
      ]),
  })

  const bridges = roles.has('jobs')
    ? await openBridges(config, { logger, onUnrouted: metrics.bridges.unrouted, parts: starting })
    : new Map()

  // Followers start below: they are stopped before the resources that they use are closed.
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

  // Hashing a password takes long and runs outside of this thread, so the rest starts meanwhile.
  const admin =
    config.admin && roles.has('api')
      ? ensureAdmin({ executor, passwords }, config.admin)
      : Promise.resolve()
  admin.catch(() => undefined)

  await startWork({
    roles,
    projections,
    projectionRunners:
      config.projectionRunners.size === 0
        ? config.projectionRunners
        : (await import('./app/projection-runners.ts')).checkedRunners(
            config.projectionRunners,
            projections,
            stores.documents,
          ),
    sagas,
    jobs,
    bridges,
    publishing: {
      published,
      personal: new Set(config.bridges.personal),
      from: config.bridges.from,
      onPublished: metrics.bridges.published,
    },
    chores: modules.flatMap(({ chores }) => chores.map((chore) => boundChore(chore, ports))),
    auditing: auditing(audits, config, { clock, logger }),
    logChain: chain,
    deciders,
    catalogue: events,
    with: {
      ...stores,
      trace: tracing?.follower,
      gateOf: (name) => config.rebuildGates.get(name),
      queue: rows,
      onForgotten: stores.personalKeys.onDestroyed,
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
  // Long runs end before the workers are waited for.
  starting.defer(() => stopping.abort())

  reached('followers')

  const isGateway = roles.has('gateway')
  const endpoint = await openEndpoint(config, {
    raw: followed.log,
    log,
    catalogue: events,
    executor,
    passwords,
    counters,
    groups,
    leases: stores.leases,
    control,
    metrics,
    logger,
    failed,
    parts: starting,
  })
  reached('EventStoreDB endpoint')
  const processes = await openProcesses(config, {
    database,
    clock,
    keys,
    logger,
    failed: failed('registry'),
    parts: starting,
  })
  if (processes.passOn) metrics.gaugeBreakers(processes.breakers)
  const self = await measuring(config, {
    stores,
    counts,
    breakers: processes.breakers,
    clients,
    ...(endpoint && { groups: endpoint.figures }),
    droppedLines: () => lines?.counts().dropped ?? 0,
  })
  metrics.gaugeProcess(self.latest)
  starting.adopt(self.start(reports, failed('reports')), (it) => it.close())
  const described: Declared = {
    contexts: Object.fromEntries(modules.map(({ name, deciders: own }) => [name, own])),
    sagas,
    projections,
    jobs: declared.jobs,
    sockets: Object.fromEntries(channels.map((one) => [one.namespace, one])),
  }
  const receipts = postgresReceipts(database)
  const server = await buildServer({
    documents: {
      'events.json': () => eventSchemas(described),
      'asyncapi.json': () =>
        asyncApi(described, {
          sockets: `localhost:${config.port}`,
          log: `localhost:${config.eventStoreEndpoint?.port ?? ''}`,
        }),
    },
    config: httpConfigOf(config, processes.internalOnly),
    logger,
    clock,
    executor,
    readModels: stores.readModelsOfRequests,
    log,
    blobs,
    cache: stores.cache,
    catalogue: events,
    operations,
    authenticator,
    modules: [...modules, ...operationModules],
    receipts,
    forgetting,
    passwords,
    carriers: tableRates(defaultRates),
    paymentProvider: payments.provider,
    push,
    webhooks,
    keys,
    identityProviders,
    clients,
    counters,
    // Only gateways cache answers, also those of the processes behind them.
    ...(isGateway &&
      config.answerCache > 0 && { keeping: { cache: stores.cache, life: config.answerCache } }),
    feed,
    processes,
    logs,
    reports,
    logDigests: { log: chain.texts.log, last: chain.digests.last, jwk: chain.signer.jwk },
    checks: checksOf(
      {
        postgres: () => database.query('SELECT 1'),
        ...(followed.health && { eventstoredb: log.head }),
      },
      operations,
      {
        beside: stores.probes,
        others: () => [...eventsCheck(unreadable.lately()), ...processes.checksOf(server.contexts)],
        lagMatters: processes.passOn === undefined,
        paymentDifferences: payments.differences,
      },
    ),
    metrics: metrics.text,
    served: (answer) => {
      metrics.served(answer)
      counts.served(answer)
    },
    tracer: tracing?.tracer,
    ...(isGateway && { webApp: await builtWebApp(webAppFolder) }),
  })
  starting.adopt(server, (it) => it.close())
  reached('routes')
  processes.check(server.contexts)
  if (isGateway)
    starting.adopt(
      attachSockets(server.server, channels, {
        verifyToken: server.verifyToken,
        revocations: server.revocations,
        readModels,
        feed,
        progress,
        executor,
        counters,
        log,
        catalogue: events,
        between: await stores.openBetween(),
        logger,
        clock,
        receipts,
        corsOrigins: config.corsOrigins,
        traced: tracing?.follower,
        apiUrl: server.apiUrl,
        registry: processes.registry,
        lags: operations.lags,
      }),
      (it) => it.close(),
    )
  if (endpoint) logger.info({ url: endpoint.url }, 'The log is served to clients of EventStoreDB')
  // The admin exists before the first request is served.
  await admin
  reached('admin')
  const { host, port } = config
  const url = await server.listen({ port, host }).catch(async (error: unknown) => {
    const settings = { host: 'HOST', port: 'PORT' }
    throw (await cannotListen(error, { host, port, settings })) ?? error
  })
  site = config.publicUrl ?? url
  reached('listening')
  const grpc = await openGrpc(config, {
    server,
    modules,
    processes,
    logger,
    onError: failed('gRPC'),
  })
  if (grpc) starting.adopt(grpc, (it) => it.close())
  reached('gRPC')
  await processes.join(server.contexts, url)
  // Before the process leaves the registry.
  if (grpc) starting.defer(grpc.drain)
  if (isGateway && config.bridges.amqp?.commands)
    starting.adopt(
      await openCommands(config.bridges.amqp.url, {
        modules: [...modules, ...operationModules],
        server,
        onError: failed('commands'),
      }),
      (it) => it.close(),
    )
  reached('announced')

  const everything = starting.move()
  return {
    url,
    grpcPort: grpc?.port,
    eventStorePort: endpoint?.port,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}
