import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { newId, someMetadata } from '#kernel/testing'
import { ProductId } from '../../domains/shared/index.ts'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { openFeed } from '../../runtime/feed.ts'
import type { Executor } from '../../runtime/execution.ts'
import { progress as progressOf } from '../../runtime/progress.ts'
import { NotCaughtUp, type ReadModels } from '../../runtime/reading.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { inventory } from '../../projections/index.ts'
import { memoryReceipts } from '../../platform/storage/idempotency/memory.ts'
import type { RealtimeDependencies } from './dependencies.ts'
import { followReadModel, type Topic } from './follow-read-model.ts'

type Stock = { readonly id: ProductId; readonly quantity: number }

/** Waits for a random time. @param most in ms */
const aWhile = (most: number) => pause(Math.random() * most)
const neverCalled = () => Promise.reject(new Error('This port must not be called'))

/**
 * A log, and a read model that runs some ms behind, with slow reads: a delay before and after each.
 */
const slowWorld = async ({ lag = 4, slow = 4 } = {}) => {
  const log = memoryEventLog()
  const feed = await openFeed(log)
  const stop = new AbortController()
  const { signal } = stop
  const stocks = new Map<string, unknown>()
  const progress = progressOf({ positions: async () => new Map() }, feed)
  let folded = 0n
  progress.runs(
    inventory.name,
    {
      position: () => folded,
      cached: () => undefined,
      hurry: () => () => undefined,
    },
    1,
  )
  const standsAt = () => progress.positionOf(inventory.name)

  const folding = (async () => {
    for (let position = 0n; !signal.aborted;) {
      const slice = await feed.next(position, { signal })
      await aWhile(lag)
      for (const event of slice.events)
        stocks.set(event.id, inventory.evolve(stocks.get(event.id) as never, event, event.id))
      ;({ position } = slice)
      folded = position
      progress.moved(inventory.name)
    }
  })().catch(() => undefined)

  const looked = async <T>(minPosition: bigint | undefined, look: () => T) => {
    const position =
      minPosition === undefined
        ? await standsAt()
        : await progress.reach(inventory.name, minPosition)
    await aWhile(slow)
    const seen = look()
    await aWhile(slow)
    return { ...seen, position }
  }
  const readModels = {
    get: (_, key, minPosition) =>
      looked(minPosition, () => ({ document: stocks.get(key) as never })),
    find: (_, { where }, minPosition) =>
      looked(minPosition, () => {
        const { in: keys } = where!.id as unknown as { in: string[] }
        const documents = keys.flatMap((key) => (stocks.has(key) ? [stocks.get(key)] : []))
        return { documents: documents as never[], total: documents.length }
      }),
    search: neverCalled,
    reach: (_, wanted, options) =>
      wanted === 'head' ? neverCalled() : progress.reach(inventory.name, wanted, options),
  } satisfies ReadModels

  const logged: string[] = []
  const deps: RealtimeDependencies = {
    verifyToken: () => {
      throw new Error('This port must not be called')
    },
    revocations: {
      problemWith: () => undefined,
      onChange: () => () => undefined,
      onKeysRevoked: () => () => undefined,
    },
    clock: () => new Date(0),
    apiUrl: () => 'http://localhost/api/v1',
    registry: { services: neverCalled },
    lags: neverCalled,
    readModels,
    feed,
    progress,
    counters: { add: neverCalled, clear: neverCalled },
    executor: { execute: neverCalled, stateOf: neverCalled, basisOf: neverCalled } as Executor,
    log,
    catalogue: { masked: neverCalled, streamTold: (stream) => stream },
    between: { publish: async () => undefined, subscribe: () => () => undefined },
    logger: {
      warn: (_, message) => void logged.push(message),
      error: (_, message) => void logged.push(message),
    },
    receipts: memoryReceipts(),
    corsOrigins: [],
  }

  return {
    deps,
    logged,
    signal,
    stop,
    count: async (id: string, quantity: number) => {
      const data = { quantity }
      const event = { eventId: randomUUID(), type: 'StockInitialized', data }
      await log.append(`inventory-${id}`, 'any', [{ ...event, metadata: someMetadata }])
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await Promise.all([folding, feed.close()])
    },
  }
}
type SlowWorld = Awaited<ReturnType<typeof slowWorld>>

/** Follows stocks for listeners in rooms, and records the messages of each. */
const listening = (world: SlowWorld, changes: Partial<Topic<Stock>> = {}, deps = world.deps) => {
  const rooms = new Map<string, Set<string>>()
  const told = new Map<string, number[]>()
  const tell = (listener: string, quantity: number) => {
    told.set(listener, [...(told.get(listener) ?? []), quantity])
  }
  const live = followReadModel<Stock>(
    {
      projection: inventory,
      types: inventory.reads,
      keyOf: ({ id }) => (rooms.has(id) ? id : undefined),
      push: ({ changes: changed, leaveOut }) => {
        for (const { document } of changed) {
          const knowing = new Set(leaveOut(document.id))
          for (const listener of rooms.get(document.id) ?? [])
            if (!knowing.has(listener)) tell(listener, document.quantity)
        }
      },
      skipped: () => undefined,
      ...changes,
    },
    deps,
    world.signal,
  )
  const join = async (listener: string, id: string) => {
    rooms.set(id, (rooms.get(id) ?? new Set()).add(listener))
    const read = async (minPosition: bigint) => {
      const { document, position } = await deps.readModels.get(inventory, id, minPosition)
      return { quantity: document?.quantity ?? 0, position }
    }
    await live.ask(id, listener, read, ({ quantity }) => tell(listener, quantity))
  }
  return { live, told, join }
}

describe('an answer between pushes', () => {
  test('is followed by the final state, and never by an older one', async () => {
    await using world = await slowWorld({ lag: 1, slow: 6 })
    const { told, join } = listening(world)
    const products = Array.from({ length: 10 }, () => newId(ProductId))
    await Promise.all(
      products.flatMap((id) => [
        (async () => {
          for (let quantity = 1; quantity <= 100; quantity += 1) {
            await aWhile(4)
            await world.count(id, quantity)
          }
        })(),
        ...Array.from({ length: 60 }, async (_, listener) => {
          await aWhile(250)
          await join(`${listener} ${id}`, id)
        }),
      ]),
    )
    await expect.poll(() => [...told.values()].filter((all) => all.at(-1) !== 100)).toEqual([])
    expect(told.size).toBe(600)
    const muddled = [...told.values()].filter(
      (all) => all.join() !== all.toSorted((a, b) => a - b).join(),
    )
    expect(muddled).toEqual([])
  })

  test('is followed by a change that the read model had not folded yet', async () => {
    await using world = await slowWorld({ lag: 40 })
    const { told, join } = listening(world)
    const products = Array.from({ length: 30 }, () => newId(ProductId))
    await Promise.all(
      products.map(async (id) => {
        await world.count(id, 1)
        // The event has been matched with empty rooms by the time they join.
        await aWhile(20)
        await join(id, id)
      }),
    )
    await expect.poll(() => [...told.values()].filter((all) => all.at(-1) !== 1)).toEqual([])
    expect(told.size).toBe(30)
  })
})

test('documents in memory are pushed without a query', async () => {
  await using world = await slowWorld({ lag: 1, slow: 0 })
  const id = newId(ProductId)
  const deps: RealtimeDependencies = {
    ...world.deps,
    readModels: { ...world.deps.readModels, get: neverCalled, find: neverCalled },
    progress: {
      ...world.deps.progress,
      cached: (_, keys) => keys.map((key) => ({ id: key, quantity: 7 }) as never),
    },
  }
  const pushed: number[] = []
  listening(
    world,
    {
      keyOf: (event) => event.id,
      push: ({ changes }) => void pushed.push(...changes.map(({ document }) => document.quantity)),
    },
    deps,
  )
  await world.count(id, 7)
  await expect.poll(() => pushed).toEqual([7])
  expect(world.logged).toEqual([])
})

test('a socket that read its state before an event receives the event, though a push is under way', async () => {
  await using world = await slowWorld({ lag: 0, slow: 0 })
  const { get } = world.deps.readModels
  const [looked, answered, pushing, pushed] = Array.from({ length: 4 }, () =>
    Promise.withResolvers<void>(),
  )
  let asked = 0
  const readModels: ReadModels = {
    ...world.deps.readModels,
    get: async (projection, key, minPosition) => {
      const found = await get(projection, key, minPosition)
      if (minPosition !== undefined && (asked += 1) === 1) {
        looked!.resolve()
        await answered!.promise
      }
      if (minPosition === undefined) {
        pushing!.resolve()
        await pushed!.promise
      }
      return found
    },
  }
  const { told, join } = listening(world, {}, { ...world.deps, readModels })
  const id = newId(ProductId)
  const joined = join('ann', id)
  await looked!.promise
  await world.count(id, 7)
  await pushing!.promise
  answered!.resolve()
  await joined
  pushed!.resolve()
  await expect.poll(() => told.get('ann')?.at(-1)).toBe(7)
})

test('events of empty rooms cause no read', async () => {
  await using world = await slowWorld()
  const deps = {
    ...world.deps,
    readModels: { get: neverCalled, find: neverCalled, search: neverCalled, reach: neverCalled },
    progress: { cached: () => undefined },
  }
  const examined: RecordedEvent[] = []
  const keyOf = (event: RecordedEvent) => void examined.push(event)
  listening(world, { keyOf: (event) => keyOf(event) ?? undefined }, deps)
  await world.count(newId(ProductId), 1)
  await expect.poll(() => examined.length).toBe(1)
  await world.count(newId(ProductId), 1)
  await expect.poll(() => examined.length).toBe(2)
  expect(world.logged).toEqual([])
})

test('a read model that is far behind delays pushes and loses none', async () => {
  await using world = await slowWorld()
  const readModels: ReadModels = {
    ...world.deps.readModels,
    reach: (projection, position, options) => {
      options?.onLate?.(new NotCaughtUp('The read model is behind'))
      return world.deps.readModels.reach(projection, position, options)
    },
  }
  const { told, join } = listening(world, {}, { ...world.deps, readModels })
  const id = newId(ProductId)
  await join('ann', id)
  await world.count(id, 7)
  await expect.poll(() => told.get('ann')).toEqual([0, 7])
  expect(world.logged).toEqual(['A read model is behind; its pushes wait'])
})

test.each(['its position', 'its documents'])(
  'an outage of the store when reading %s is retried, and no push is lost',
  async (what) => {
    await using world = await slowWorld()
    let away = false
    const unlessAway = async <T>(whose: string, ask: () => Promise<T>): Promise<T> => {
      if (!away || whose !== what) return ask()
      away = false
      throw new Unavailable('The store is away')
    }
    const { readModels } = world.deps
    const { told, join } = listening(
      world,
      {},
      {
        ...world.deps,
        readModels: {
          ...readModels,
          reach: (...asked) => unlessAway('its position', () => readModels.reach(...asked)),
          get: (...asked) => unlessAway('its documents', () => readModels.get(...asked)),
        },
      },
    )
    const id = newId(ProductId)
    await join('ann', id)
    away = true
    await world.count(id, 7)
    await expect.poll(() => told.get('ann')).toEqual([0, 7])
    expect(world.logged).toEqual(['Pushing changes failed and is retried'])
  },
)

test('a slice that fails by a bug is skipped, and reported with its events; later ones are pushed', async () => {
  await using world = await slowWorld()
  const skipped: string[] = []
  const [cursed, id] = [newId(ProductId), newId(ProductId)]
  const { told, join } = listening(world, {
    keyOf: (event) => {
      if (event.id === cursed) throw new Error('a flaw')
      return event.id
    },
    skipped: (events) => void skipped.push(...events.map((event) => event.id)),
  })
  await join('ann', id)
  await world.count(cursed, 1)
  await expect.poll(() => skipped).toEqual([cursed])
  expect(world.logged).toEqual([
    'A slice could not be pushed and is skipped; the sockets that it concerns have to resume',
  ])
  await world.count(id, 7)
  await expect.poll(() => told.get('ann')).toEqual([0, 7])
})

test('the follower ends with its signal, also while it waits for a read model', async () => {
  await using world = await slowWorld()
  const waiting = Promise.withResolvers<void>()
  const readModels: ReadModels = {
    ...world.deps.readModels,
    reach: (projection, _, options) => {
      waiting.resolve()
      return world.deps.readModels.reach(projection, 10n ** 17n, options)
    },
  }
  const idle = listening(world)
  const { live, join } = listening(world, {}, { ...world.deps, readModels })
  const id = newId(ProductId)
  await join('ann', id)
  await world.count(id, 1)
  await waiting.promise
  world.stop.abort()
  expect(await Promise.all([live.over, idle.live.over])).toEqual([undefined, undefined])
})
