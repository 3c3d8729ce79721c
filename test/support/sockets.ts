import { randomUUID } from 'node:crypto'
import fastify from 'fastify'
import { pino } from 'pino'
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { catalogue, declarationOf, isRefusal, type AnyDecider } from '#kernel'
import { newId } from '#kernel/testing'
import { product } from '../../src/domains/catalog/language.ts'
import { channels as ownChannels, deciders } from '../../src/domains/index.ts'
import { stock } from '../../src/domains/inventory/language.ts'
import { order } from '../../src/domains/ordering/language.ts'
import { payment, paymentIdOf } from '../../src/domains/payments/language.ts'
import {
  OrderId,
  ProductId,
  SessionId,
  UserId,
  type PaymentId,
  type Role,
} from '../../src/domains/shared/index.ts'
import { defaultHttpConfig } from '../../src/edges/http/dependencies.ts'
import { followRevocations } from '../../src/domains/identity/services/revocations.ts'
import { accessTokens } from '../../src/edges/http/callers/tokens.ts'
import { memoryCheckpoints } from '../../src/platform/storage/checkpoints/memory.ts'
import { memoryRegistry } from '../../src/platform/messaging/registry/memory.ts'
import { memoryProcessBus } from '../../src/platform/messaging/process-bus/memory.ts'
import { memoryDeadLetters } from '../../src/platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../../src/platform/storage/documents/memory.ts'
import { validatingLog } from '../../src/platform/storage/event-log/validating-log.ts'
import { memoryEventReaders } from '../../src/platform/storage/event-readers/memory.ts'
import { memoryEventLog } from '../../src/platform/storage/event-log/memory.ts'
import type { EventLog } from '../../src/platform/storage/event-log/port.ts'
import { memoryCounters } from '../../src/platform/security/counters/memory.ts'
import { memoryReceipts } from '../../src/platform/storage/idempotency/memory.ts'
import { memoryKeys } from '../../src/platform/security/keys/memory.ts'
import type { SigningKeys } from '../../src/platform/security/keys/port.ts'
import { memoryLeases } from '../../src/platform/messaging/leases/memory.ts'
import { memoryQueue } from '../../src/platform/messaging/queue/memory.ts'
import { memoryControl } from '../../src/platform/messaging/control/memory.ts'
import { executor as executorOf } from '../../src/runtime/execute.ts'
import type { Executor } from '../../src/runtime/execution.ts'
import { groupedWriters } from '../../src/runtime/grouped-writer.ts'
import { openFeed } from '../../src/runtime/feed.ts'
import { orchestrate, wakeSagas } from '../../src/runtime/orchestrate.ts'
import { progress as progressOf } from '../../src/runtime/progress.ts'
import { project } from '../../src/runtime/project.ts'
import { readModels as readModelsOf } from '../../src/runtime/read-models.ts'
import type { ReadModels } from '../../src/runtime/reading.ts'
import { memorySnapshots } from '../../src/platform/storage/snapshots/memory.ts'
import { projections } from '../../src/projections/index.ts'
import { attachSockets, type RealtimeDependencies } from '../../src/edges/sockets/index.ts'
import type { AnyChannel } from '../../src/serving/channel.ts'
import { sagas as declareSagas } from '../../src/sagas/index.ts'

/** An Agora in memory with sockets: real projections and sagas, but no job that charges cards. */
export type SocketWorld = AsyncDisposable & {
  readonly url: string
  readonly log: EventLog
  readonly readModels: ReadModels
  readonly execute: Executor['execute']
  readonly keys: SigningKeys
  /** Log lines of the sockets. */
  readonly written: readonly string[]
  readonly tokenOf: (userId: UserId, ...roles: readonly Role[]) => string
  /** A token of one session. */
  readonly tokenIn: (userId: UserId, sessionId: SessionId) => string
  /** A socket that connects with a token; to be let go by the world. @param options.at URL of another server */
  readonly connect: (
    namespace: string,
    token?: string,
    options?: Partial<ManagerOptions & SocketOptions> & { readonly at?: string },
  ) => Socket
  /** Puts a product on sale. @returns its id */
  readonly sell: (quantity: number) => Promise<ProductId>
  /** Places an order of one piece. @returns its id, once it is recorded */
  readonly buy: (userId: UserId, productId: ProductId) => Promise<OrderId>
  /** Records that an order's card was charged, or declined. */
  readonly pay: (orderId: OrderId, declined?: 'declined') => Promise<PaymentId>
  readonly closeSockets: () => Promise<void>
  /** Serves the same log by a further server with a feed of its own, as another process does. @returns its URL */
  readonly serveAgain: () => Promise<{ readonly url: string; readonly close: () => Promise<void> }>
}

/** Somebody who asks, each time anew. */
const origin = (actorId: string) => {
  const commandId = randomUUID()
  return { commandId, actorId, correlationId: commandId }
}

/**
 * Starts such a world on a free port.
 * @param options.tokenTtl how long tokens are good for, in seconds
 * @param options.changes what the sockets are handed instead of the real thing
 * @param options.channels what is served; default: what the contexts declare
 * @param options.clock the clock that tokens are of; default: the system's
 */
export const socketWorld = async ({
  tokenTtl = 900,
  changes = () => ({}),
  channels = ownChannels,
  clock = () => new Date(),
}: {
  readonly tokenTtl?: number
  readonly channels?: readonly AnyChannel[]
  readonly changes?: (deps: RealtimeDependencies) => Partial<RealtimeDependencies>
  readonly clock?: () => Date
} = {}): Promise<SocketWorld> => {
  await using starting = new AsyncDisposableStack()
  const sagas = declareSagas({ orderTimeout: 60_000 })
  const declared = catalogue([...deciders, ...sagas.map(declarationOf)])
  const log = validatingLog(memoryEventLog(), declared)
  const executor = executorOf({ log, snapshots: memorySnapshots(), catalogue: declared })
  const documents = memoryDocuments()
  const feed = starting.adopt(await openFeed(log), (it) => it.close())
  const progress = progressOf(documents, feed)
  const readModels = readModelsOf(documents, progress, log)
  const queue = memoryQueue()
  const shared = {
    feed,
    leases: memoryLeases(),
    letters: memoryDeadLetters(),
    control: memoryControl(),
    checkpoints: memoryCheckpoints(),
    clock: () => new Date(),
    onError: () => undefined,
  }

  const stop = new AbortController()
  const orchestrated = sagas.map((saga) =>
    orchestrate(saga, {
      ...shared,
      log,
      executor,
      deciders: new Map(deciders.map((one): [string, AnyDecider] => [one.name, one])),
      catalogue: declared,
      readers: memoryEventReaders(),
      queue,
    }),
  )
  const writers = groupedWriters({ documents, feed })
  const running = [
    ...projections.map((one) =>
      project(one, stop.signal, { ...shared, catalogue: declared, documents, writers, progress }),
    ),
    ...orchestrated.map((one) => one.run(stop.signal)),
  ]
  const worker = await wakeSagas(queue, orchestrated, shared)
  starting.defer(async () => {
    stop.abort()
    await Promise.all([...running, worker.stop()])
  })

  const app = fastify({ return503OnClosing: true })
  const keys = memoryKeys()
  const tokens = await accessTokens(
    app,
    keys,
    { ...defaultHttpConfig, accessTokenTtl: tokenTtl },
    clock,
  )
  app.get('/plain', async () => 'plain')
  starting.adopt(app, (it) => it.close())

  const revocations = starting.adopt(
    followRevocations({ feed, ttl: tokenTtl, onError: () => undefined }),
    (it) => it.close(),
  )
  const bus = memoryProcessBus()
  const written: string[] = []
  const deps: RealtimeDependencies = {
    verifyToken: tokens.verify,
    revocations: { ...revocations, onKeysRevoked: keys.onRevoked },
    readModels,
    feed,
    progress,
    executor,
    counters: memoryCounters(),
    log,
    catalogue: declared,
    between: starting.adopt(await bus.open(), (it) => it.close()),
    logger: pino({ level: 'warn' }, { write: (line: string) => void written.push(line) }),
    clock,
    receipts: memoryReceipts(),
    corsOrigins: [],
    apiUrl: () => 'http://localhost/api/v1',
    registry: memoryRegistry(),
    lags: async () => [],
  }
  const attached = attachSockets(app.server, channels, { ...deps, ...changes(deps) })
  starting.adopt(attached, (it) => it.close())
  const url = await app.listen({ port: 0, host: '127.0.0.1' })

  const serveAgain = async () => {
    await using parts = new AsyncDisposableStack()
    const own: RealtimeDependencies = {
      ...deps,
      feed: parts.adopt(await openFeed(log), (it) => it.close()),
      between: parts.adopt(await bus.open(), (it) => it.close()),
    }
    const another = parts.adopt(fastify({ return503OnClosing: true }), (it) => it.close())
    const sockets = attachSockets(another.server, channels, { ...own, ...changes(own) })
    parts.adopt(sockets, (it) => it.close())
    const address = await another.listen({ port: 0, host: '127.0.0.1' })
    const all = parts.move()
    let closing: Promise<void> | undefined
    const close = () => (closing ??= all.disposeAsync())
    everything.defer(close)
    return { url: address, close }
  }

  const clients: Socket[] = []
  starting.defer(() => clients.forEach((client) => client.disconnect()))

  const execute: Executor['execute'] = async (...asked) => {
    const answer = await executor.execute(...asked)
    if (isRefusal(answer)) throw new Error(`${asked[2].type} was refused: ${answer.refused}`)
    return answer
  }

  const everything = starting.move()
  return {
    url,
    log,
    readModels,
    execute,
    keys,
    written,
    tokenOf: (id, ...roles) =>
      tokens.issue({ id, roles, sessionId: newId(SessionId) }, randomUUID()),
    tokenIn: (id, sessionId) => tokens.issue({ id, roles: [], sessionId }, randomUUID()),
    connect: (namespace, token, { at = url, ...options } = {}) => {
      const client = io(`${at}${namespace}`, {
        forceNew: true,
        reconnectionDelay: 20,
        reconnectionDelayMax: 100,
        ...(token !== undefined && { auth: { token } }),
        ...options,
      })
      clients.push(client)
      return client
    },
    sell: async (quantity) => {
      const id = newId(ProductId)
      await execute(
        product,
        id,
        {
          type: 'CreateProduct',
          data: { name: 'Lamp', price: { amount: 1999, currency: 'EUR' }, category: 'light' },
        },
        origin('seller'),
      )
      await execute(
        stock,
        id,
        { type: 'SetStock', data: { quantity, reason: 'delivery' } },
        origin('seller'),
      )
      return id
    },
    buy: async (userId, refId) => {
      const id = newId(OrderId)
      const item = { kind: 'product' as const, refId, name: 'Lamp', quantity: 1 }
      await execute(
        order,
        id,
        {
          type: 'PlaceOrder',
          data: {
            userId,
            items: [{ ...item, price: { amount: 1999, currency: 'EUR' } }],
            paymentToken: 'tok_ok',
          },
        },
        origin(userId),
      )
      return id
    },
    pay: async (orderId, declined) => {
      const id = paymentIdOf(orderId)
      const receipt = { provider: 'bank', providerRef: '1' }
      for (;;) {
        const before = feed.head()
        const { state } = await executor.stateOf(payment, id)
        if (state.status === 'initiated') break
        // The saga asks for the money; its next event may be that.
        await feed.next(before, { signal: stop.signal })
      }
      await execute(
        payment,
        id,
        declined
          ? { type: 'FailPayment', data: { reason: 'card_declined', attempt: 1 } }
          : { type: 'CompletePayment', data: { ...receipt, attempt: 1 } },
        origin('bank'),
      )
      return id
    },
    closeSockets: attached.close,
    serveAgain,
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  }
}

/** A new user. */
export const someUser = (): UserId => newId(UserId)

/** Collects the messages that a socket receives under a name. */
export const messagesOf = <Message = Record<string, unknown>>(
  socket: Socket,
  name: string,
): Message[] => {
  const messages: Message[] = []
  socket.on(name, (message: Message) => void messages.push(message))
  return messages
}

/** Resolves once a socket is let in; rejects with the reason otherwise. */
export const letIn = (socket: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    if (socket.connected) return resolve()
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
