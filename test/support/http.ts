import { tickingClock } from './ticking-clock.ts'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { catalogue, declarationOf, derivedUuid, digest, type AnyProjection } from '#kernel'
import { deciders, modules } from '../../src/domains/index.ts'
import { account, isReservedUsername } from '../../src/domains/identity/language.ts'
import {
  defaultHttpConfig,
  type HttpConfig,
  type HttpDependencies,
} from '../../src/edges/http/dependencies.ts'
import type { Processes } from '../../src/serving/processes.ts'
import { defaultLoadLimits, type LoadLimits } from '../../src/edges/http/protection/shedding.ts'
import { buildServer } from '../../src/edges/http/server.ts'
import { memoryCache } from '../../src/platform/storage/cache/memory.ts'
import { memoryBlobs } from '../../src/platform/storage/blobs/memory.ts'
import { memoryDocuments } from '../../src/platform/storage/documents/memory.ts'
import type { Generation } from '../../src/platform/storage/documents/port.ts'
import { validatingLog } from '../../src/platform/storage/event-log/validating-log.ts'
import { memoryCounters } from '../../src/platform/security/counters/memory.ts'
import { memoryEventLog } from '../../src/platform/storage/event-log/memory.ts'
import type { EventLog } from '../../src/platform/storage/event-log/port.ts'
import { internalCalls } from '../../src/platform/security/internal-calls.ts'
import { memoryPush } from '../../src/platform/external/push/memory.ts'
import { memoryWebhooks } from '../../src/platform/external/webhooks/memory.ts'
import { defaultRates } from '../../src/platform/external/carriers/default-rates.ts'
import { tableRates } from '../../src/platform/external/carriers/table.ts'
import { memoryKeys } from '../../src/platform/security/keys/memory.ts'
import type { Passwords } from '../../src/platform/security/passwords/port.ts'
import { memoryReceipts } from '../../src/platform/storage/idempotency/memory.ts'
import { memoryLogs } from '../../src/platform/observability/logs/memory.ts'
import { memoryLogDigests } from '../../src/platform/storage/log-digests/memory.ts'
import { digestSigner } from '../../src/platform/storage/log-digests/signed-digest.ts'
import { memoryReports } from '../../src/platform/observability/reports/memory.ts'
import { memoryRegistry } from '../../src/platform/messaging/registry/memory.ts'
import { executor as executorOf } from '../../src/runtime/execute.ts'
import { openFeed } from '../../src/runtime/feed.ts'
import type { Operations } from '../../src/runtime/operations.ts'
import { PositionBeyondHead, type ReadModels } from '../../src/runtime/reading.ts'
import { memorySnapshots } from '../../src/platform/storage/snapshots/memory.ts'
import { projections } from '../../src/projections/index.ts'
import { sagas } from '../../src/sagas/index.ts'
import type { Role } from '../../src/domains/shared/index.ts'
import { authenticator } from '../../src/domains/identity/services/authenticator.ts'
import { operationModules } from '../../src/operations/index.ts'

/** Operations without read models, sagas or letters. */
export const noOperations: Operations = {
  projections: async () => [],
  lags: async () => [],
  bridges: async () => [],
  consumerGroups: async () => [],
  replayParked: async () => undefined,
  rebuild: async () => undefined,
  rebuildWithGate: async () => undefined,
  steerRebuild: async () => undefined,
  refold: async () => false,
  removeDocument: async () => false,
  pause: async () => false,
  resume: async () => false,
  sagas: async () => ({ runs: [], total: 0 }),
  saga: async () => [],
  previewRetry: async () => [],
  retrySaga: async () => false,
  audits: async () => [],
  audit: async () => undefined,
  deadLetters: async () => [],
  deadLetter: async () => undefined,
  deadLetterCounts: async () => [],
  skipDeadLetter: async () => undefined,
  retryDeadLetter: async () => false,
}

/** Passwords without a slow hash. */
const quickPasswords: Passwords = {
  hash: async (password) => digest(password),
  verify: async (password, hash) => digest(password) === hash,
}

/** The limits of load shedding, except that a busy machine is no reason to refuse requests or to give answers up. */
const patient: LoadLimits = { ...defaultLoadLimits, delay: 60_000, answer: 120_000 }

/** Read models that fold what is new when they are asked to catch up, or for a position; otherwise they stay behind. */
const lazyReadModels = async (
  log: EventLog,
): Promise<ReadModels & { readonly fold: () => Promise<bigint> }> => {
  const documents = memoryDocuments()
  const generations: Generation[] = []
  for (const projection of projections) {
    const generation = await documents.begin(projection)
    await documents.publish(generation)
    generations.push(generation)
  }
  let position = 0n

  const foldInto = async (
    generation: Generation,
    projection: AnyProjection,
    to: bigint,
  ): Promise<void> => {
    const read = await log.readAll({ after: position, limit: 100_000 })
    // Those appended meanwhile are folded into all read models the next time.
    const events = read.events.filter((event) => event.position <= to)
    const upserts = new Map<string, unknown>()
    const deletes = new Set<string>()
    for (const event of events)
      for (const key of projection.reads.includes(event.type) && comesFrom(projection, event.stream)
        ? projection.keysOf(event)
        : []) {
        const before =
          upserts.get(key) ??
          (deletes.has(key) ? undefined : (await documents.load(generation, [key])).get(key))
        const further = projection.fanOut?.(before as never, event, key) ?? []
        const after = projection.evolve(before as never, event, key)
        for (const [one, document] of [...further, [key, after] as const]) {
          upserts.delete(one)
          deletes.delete(one)
          if (document === undefined) deletes.add(one)
          else upserts.set(one, document)
        }
      }
    await documents.write(generation, { from: position, to, upserts, deletes: [...deletes] })
  }

  const foldNext = async (): Promise<bigint> => {
    const head = await log.head()
    if (head > position)
      for (const generation of generations) await foldInto(generation, generation.projection, head)
    return (position = head)
  }
  let folding: Promise<bigint> | undefined
  // One after the other: each begins where the one before has ended.
  const fold = (): Promise<bigint> => {
    const next = folding ? folding.then(foldNext, foldNext) : foldNext()
    return (folding = next)
  }

  const reach = async (minPosition: bigint | undefined): Promise<bigint> => {
    if (minPosition === undefined) return position
    const head = await fold()
    if (minPosition > head) throw new PositionBeyondHead(head)
    return position
  }

  return {
    fold,
    reach: (_, wanted) => (wanted === 'head' ? fold() : reach(wanted)),
    get: async (projection, key, minPosition) => {
      const at = await reach(minPosition)
      return { document: await documents.get(projection, key), position: at }
    },
    find: async (projection, query, minPosition) => {
      const at = await reach(minPosition)
      return { ...(await documents.find(projection, query)), position: at }
    },
    search: async (projection, query, minPosition) => {
      const at = await reach(minPosition)
      return { ...(await documents.search(projection, query)), position: at }
    },
  }
}

const comesFrom = ({ from }: AnyProjection, stream: string): boolean =>
  from.some(({ name }) => stream.startsWith(`${name}-`))

/** What one person sends, and what comes back. */
export type Call = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply>

/** An answer, its body read. */
export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly text: string
  // What a test looks for in an answer is not known to types.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** A process that serves everything itself. */
export const onlyProcess = (): Processes => ({
  audiences: () => ['only'],
  isHere: () => true,
  registry: memoryRegistry(),
  breakers: () => [],
  calls: internalCalls(Buffer.alloc(32, 3)),
  internalOnly: false,
})

/** A server over memory adapters, and its users. */
export type HttpWorld = AsyncDisposable & {
  readonly app: FastifyInstance
  readonly deps: HttpDependencies
  readonly log: EventLog
  readonly readModels: Awaited<ReturnType<typeof lazyReadModels>>
  /** Log lines of the server. */
  readonly written: readonly string[]
  /** Calls without a token. */
  readonly anyone: Call
  /** Registers a user and grants these roles. */
  readonly someone: (
    name: string,
    ...roles: readonly Role[]
  ) => Promise<{ readonly id: string; readonly token: string; readonly call: Call }>
}

/** Compiled once: it is the same for all worlds. */
const events = catalogue([...deciders, ...sagas({ orderTimeout: 60_000 }).map(declarationOf)])

/**
 * Sets up a server with everything real behind it, but nothing durable.
 * @param changes what is different from usual
 * @param changes.contexts names of the contexts that are served, besides identity: the routes of all take most of the time
 *   of a start; default: all, and the operators' side
 */
export const httpWorld = async ({
  contexts,
  ...changes
}: Partial<Omit<HttpDependencies, 'config'>> & {
  readonly config?: Partial<HttpConfig>
  readonly contexts?: readonly string[]
} = {}): Promise<HttpWorld> => {
  const { clock = tickingClock() } = changes
  const log = validatingLog(memoryEventLog(clock), events)
  const readModels = await lazyReadModels(log)
  const execution = executorOf({ log, snapshots: memorySnapshots(), catalogue: events, clock })
  const feed = await openFeed(log)
  const written: string[] = []
  const deps: HttpDependencies = {
    logger: pino({ level: 'debug' }, { write: (line: string) => void written.push(line) }),
    clock,
    executor: execution,
    readModels,
    log,
    blobs: memoryBlobs(clock),
    cache: memoryCache(),
    catalogue: events,
    operations: noOperations,
    forgetting: { receiptOf: async () => undefined },
    authenticator,
    modules: [...modules, ...operationModules].filter(
      ({ name }) => name === 'identity' || (contexts?.includes(name) ?? true),
    ),
    receipts: memoryReceipts(),
    passwords: quickPasswords,
    carriers: tableRates(defaultRates),
    paymentProvider: { name: 'simulator' },
    push: memoryPush(),
    webhooks: memoryWebhooks(),
    keys: memoryKeys({ clock: () => clock().getTime() }),
    counters: memoryCounters(),
    feed,
    processes: onlyProcess(),
    logs: memoryLogs(),
    reports: memoryReports(),
    logDigests: {
      log: 'postgres',
      last: memoryLogDigests().last,
      jwk: digestSigner(Buffer.alloc(32)).jwk,
    },
    checks: async () => [{ name: 'event log', ok: true }],
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'agora_up 1\n' }),
    ...changes,
    config: { ...defaultHttpConfig, rateLimit: false, loadLimits: patient, ...changes.config },
  }
  const app = await buildServer(deps)

  const callAs =
    (token: string | undefined): Call =>
    async (method, path, body, headers = {}) => {
      const response = await app.inject({
        method,
        url:
          path.startsWith('/api') || path.startsWith('//')
            ? path.replace('//', '/')
            : `/api/v1${path}`,
        headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
        ...(body !== undefined && { payload: body as object }),
      })
      const json = String(response.headers['content-type']).includes('json')
      return {
        status: response.statusCode,
        headers: response.headers,
        text: response.body,
        body: json && response.body ? response.json() : undefined,
      }
    }

  return {
    app,
    deps,
    log,
    readModels,
    written,
    anyone: callAs(undefined),
    someone: async (name, ...roles) => {
      const call = callAs(undefined)
      const email = `${name}@example.org`
      const password = 'a long password'
      const username = isReservedUsername(name) ? `${name}-of-tests` : name
      const registered = await call('POST', '/auth/register', { email, username, password })
      if (registered.status !== 201) throw new Error(registered.text)
      const { userId } = registered.body.data
      let token: string = registered.body.tokens.accessToken
      for (const role of roles) {
        const commandId = derivedUuid(userId, role)
        await deps.executor.execute(
          account,
          userId,
          { type: 'GrantRole', data: { role } },
          { commandId, actorId: 'test', correlationId: commandId },
        )
      }
      if (roles.length > 0)
        token = (await call('POST', '/auth/login', { email, password })).body.tokens.accessToken
      return { id: userId, token, call: callAs(token) }
    },
    [Symbol.asyncDispose]: async () => {
      await app.close()
      await feed.close()
      await execution.idle()
    },
  }
}

/** Sets up a server that serves identity, profiles and analytics alone, so that it starts in a third of the time. */
export const identityWorld = (changes: Parameters<typeof httpWorld>[0] = {}): Promise<HttpWorld> =>
  httpWorld({ contexts: ['analytics', 'profiles'], ...changes })
