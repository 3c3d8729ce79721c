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
import type { RealtimeDependencies } from './dependencies.ts'
import { followReadModel, type Topic } from './follow-read-model.ts'

type Stock = { readonly id: ProductId; readonly quantity: number }

/** Up to so many ms. */
const aWhile = (most: number) => pause(Math.random() * most)
const neverCalled = () => Promise.reject(new Error('Nobody should ask this'))

/**
 * A log, and a read model of it that runs some way behind, with reads that take their time: before they look, after
 * they have looked, or both.
 */
const slowWorld = async ({ lag = 4, slow = 4 } = {}) => {
  const log = memoryEventLog()
  const feed = await openFeed(log)
  const stop = new AbortController()
  const { signal } = stop
  const stocks = new Map<string, unknown>()
  const progress = progressOf({ positions: async () => new Map() }, feed)
  let folded = 0n
  progress.runs(inventory.name, {
    position: () => folded,
    cached: () => undefined,
    hurry: () => () => undefined,
  })
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
    catchUp: neverCalled,
  } satisfies ReadModels

  const logged: string[] = []
  const deps: RealtimeDependencies = {
    verifyToken: () => {
      throw new Error('Nobody should ask this')
    },
    revocations: {
      problemWith: () => undefined,
      onChange: () => () => undefined,
      onKeysRevoked: () => () => undefined,
    },
    clock: () => new Date(0),
    readModels,
    feed,
    progress,
    executor: { execute: neverCalled, stateOf: neverCalled, basisOf: neverCalled } as Executor,
    log,
    catalogue: { masked: neverCalled, streamTold: (stream) => stream },
    between: { tell: async () => undefined, hear: () => () => undefined },
    logger: {
      warn: (_, message) => void logged.push(message),
      error: (_, message) => void logged.push(message),
    },
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

/** Follows stocks for listeners who come and go, and keeps what each of them was told. */
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

describe('whoever asks between pushes', () => {
  test('is told how it ends, and never anything older after something newer', async () => {
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

  test('is told no less for having asked before the read model knew of it', async () => {
    await using world = await slowWorld({ lag: 40 })
    const { told, join } = listening(world)
    const products = Array.from({ length: 30 }, () => newId(ProductId))
    await Promise.all(
      products.map(async (id) => {
        await world.count(id, 1)
        // The event has been looked at, for nobody, by the time they join.
        await aWhile(20)
        await join(id, id)
      }),
    )
    await expect.poll(() => [...told.values()].filter((all) => all.at(-1) !== 1)).toEqual([])
    expect(told.size).toBe(30)
  })
})

test('what this process has just written is pushed without a question to the store', async () => {
  await using world = await slowWorld({ lag: 1, slow: 0 })
  const id = newId(ProductId)
  const deps: RealtimeDependencies = {
    ...world.deps,
    readModels: { get: neverCalled, find: neverCalled, catchUp: neverCalled },
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

test('whoever looked just before something happened is told of that, though others are told at that moment', async () => {
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

test('nothing is read while it concerns nobody', async () => {
  await using world = await slowWorld()
  const deps = {
    ...world.deps,
    readModels: { get: neverCalled, find: neverCalled, catchUp: neverCalled },
    progress: { cached: () => undefined, reach: neverCalled },
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

test('a read model that is long behind is waited for, and nothing is left out', async () => {
  await using world = await slowWorld()
  let late = 0
  const progress = {
    ...world.deps.progress,
    reach: async (...asked: Parameters<RealtimeDependencies['progress']['reach']>) => {
      if (late++ < 10) throw new NotCaughtUp('It is behind')
      return world.deps.progress.reach(...asked)
    },
  }
  const { told, join } = listening(world, {}, { ...world.deps, progress })
  const id = newId(ProductId)
  await join('ann', id)
  await world.count(id, 7)
  await expect.poll(() => told.get('ann')).toEqual([0, 7])
  expect(world.logged).toEqual(['Clients wait for a read model'])
})

test.each(['its position', 'its documents'])(
  'a store that is away when asked for %s is tried again, and nothing is left out',
  async (what) => {
    await using world = await slowWorld()
    let away = false
    const unlessAway = async <T>(whose: string, ask: () => Promise<T>): Promise<T> => {
      if (!away || whose !== what) return ask()
      away = false
      throw new Unavailable('The store is away')
    }
    const { readModels, progress } = world.deps
    const { told, join } = listening(
      world,
      {},
      {
        ...world.deps,
        progress: {
          ...progress,
          reach: (...asked) => unlessAway('its position', () => progress.reach(...asked)),
        },
        readModels: {
          ...readModels,
          get: (...asked) => unlessAway('its documents', () => readModels.get(...asked)),
        },
      },
    )
    const id = newId(ProductId)
    await join('ann', id)
    away = true
    await world.count(id, 7)
    await expect.poll(() => told.get('ann')).toEqual([0, 7])
    expect(world.logged).toEqual(['Telling clients what happens is tried again'])
  },
)

test('a flaw costs what it happened to, and nothing else', async () => {
  await using world = await slowWorld()
  const [cursed, id] = [newId(ProductId), newId(ProductId)]
  const { told, join } = listening(world, {
    keyOf: (event) => {
      if (event.id === cursed) throw new Error('a flaw')
      return event.id
    },
  })
  await join('ann', id)
  await world.count(cursed, 1)
  await expect.poll(() => world.logged).toEqual(['Clients could not be told what happened'])
  await world.count(id, 7)
  await expect.poll(() => told.get('ann')).toEqual([0, 7])
})

test('it ends with its signal, also while it waits for a read model', async () => {
  await using world = await slowWorld()
  const waiting = Promise.withResolvers<void>()
  const progress = {
    ...world.deps.progress,
    reach: async () => {
      waiting.resolve()
      await pause(50)
      throw new NotCaughtUp('It is behind')
    },
  }
  const idle = listening(world)
  const { live, join } = listening(world, {}, { ...world.deps, progress })
  const id = newId(ProductId)
  await join('ann', id)
  await world.count(id, 1)
  await waiting.promise
  world.stop.abort()
  expect(await Promise.all([live.over, idle.live.over])).toEqual([undefined, undefined])
})
