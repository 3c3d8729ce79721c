import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test, vi } from 'vitest'
import { decider, Fields, projection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { progress as progressOf } from './progress.ts'
import { readModels as readModelsOf } from './read-models.ts'
import { NotCaughtUp, PositionBeyondHead, readOne } from './reading.ts'

const bell = decider({
  name: 'bell',
  id: Type.String(),
  commands: {},
  events: { Rang: Fields({}) },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { Rang: () => null } })

const rings = projection({
  name: 'rings',
  store: 'postgres',
  within: 60_000,
  document: Fields({ id: Type.String() }),
  from: [bell],
  key: ({ id }) => id,
}).rules({ Rang: (_, __, key) => ({ id: key }) })

/** A log and a read model of it, which this process runs or another one does. */
const world = async (runsHere: boolean) => {
  const log = memoryEventLog()
  const documents = memoryDocuments()
  const generation = await documents.begin(rings)
  await documents.publish(generation)
  const progress = progressOf(documents)
  let position = 0n
  const hurried = new Set<bigint>()
  if (runsHere)
    progress.runs(
      'rings',
      {
        position: () => position,
        cached: () => undefined,
        hurry: (to) => {
          hurried.add(to)
          return () => void hurried.delete(to)
        },
      },
      1,
    )
  let heads = 0
  const head = () => {
    heads += 1
    return log.head()
  }
  return {
    models: readModelsOf(documents, progress, { head }),
    /** Number of reads of the log's head. */
    get heads() {
      return heads
    },
    hurried,
    ring: async (id: string) => {
      const event = { eventId: randomUUID(), type: 'Rang', data: {}, metadata: someMetadata }
      return (await log.append(`bell-${id}`, 'any', [event])).position
    },
    /** Moves the read model to the head. */
    moveTo: async (to: bigint, ...ids: readonly string[]) => {
      const upserts = new Map(ids.map((id) => [id, { id }]))
      await documents.write(generation, { from: position, to, upserts, deletes: [] })
      position = to
      progress.moved('rings')
    },
  }
}

/** Whether a promise has ended by now, after everything that is due at once. */
const isOver = async (promise: Promise<unknown>): Promise<boolean> => {
  const pending = Symbol('pending')
  const turn = new Promise((resolve) => setImmediate(() => resolve(pending)))
  return (await Promise.race([promise, turn])) !== pending
}

test.each([
  ['this process runs', true],
  ['another process runs', false],
])('a read waits for the position that it names, of a read model that %s', async (_, runsHere) => {
  const here = await world(runsHere)
  const position = await here.ring('a')
  const read = here.models.get(rings, 'a', position)
  const list = here.models.find(rings, {}, position)
  expect(await isOver(Promise.race([read, list]))).toBe(false)
  expect([...here.hurried]).toEqual(runsHere ? [position] : [])
  await here.moveTo(position, 'a')
  expect(await read).toEqual({ document: { id: 'a' }, position })
  expect(await list).toMatchObject({ documents: [{ id: 'a' }], position })
  expect(here.hurried.size).toBe(0)
})

test.each([true, false])(
  'a position that the log does not have fails at once',
  async (runsHere) => {
    const here = await world(runsHere)
    const head = await here.ring('a')
    const reading = here.models.get(rings, 'a', head + 1n)
    await expect(reading).rejects.toThrow(PositionBeyondHead)
    await expect(reading).rejects.toMatchObject({ head })
  },
)

test('a wait for a position that the log has goes on after the check of its head', async () => {
  const here = await world(true)
  const position = await here.ring('a')
  const reading = here.models.get(rings, 'a', position)
  await expect.poll(() => here.heads).toBe(1)
  await here.moveTo(position, 'a')
  expect(await reading).toEqual({ document: { id: 'a' }, position })
})

test('a read without a position does not wait', async () => {
  const here = await world(true)
  await here.ring('a')
  expect(await here.models.get(rings, 'a')).toEqual({ document: undefined, position: 0n })
})

test('a read waits for the first generation, and fails as unavailable when there is none for long', async () => {
  const documents = memoryDocuments()
  const models = readModelsOf(documents, progressOf(documents), memoryEventLog())
  const generation = await documents.begin(rings)
  const reads = [models.get(rings, 'a'), models.find(rings, {}), models.reach(rings, 0n)]
  expect(await isOver(Promise.race(reads))).toBe(false)
  await documents.publish(generation)
  expect(await Promise.all(reads)).toEqual([
    { document: undefined, position: 0n },
    { documents: [], total: 0, position: 0n },
    0n,
  ])
  const missing = models.get({ ...rings, name: 'whistles' }, 'a')
  await expect(missing).rejects.toThrow(NotCaughtUp)
  await expect(missing).rejects.toThrow('whistles has no generation yet')
})

test.each([true, false])('a wait that takes too long fails as unavailable', async (runsHere) => {
  const here = await world(runsHere)
  const reaching = here.models.reach(rings, 5n, { timeoutMs: 20 })
  await expect(reaching).rejects.toThrow(NotCaughtUp)
  await expect(reaching).rejects.toThrow(Unavailable)
  await expect(reaching).rejects.toThrow('rings is at 0 and has not reached 5 yet')
})

test('a wait that reports being late goes on until the position is reached', async () => {
  const here = await world(true)
  const late: NotCaughtUp[] = []
  const onLate = (error: NotCaughtUp) => void late.push(error)
  const reaching = here.models.reach(rings, 5n, { timeoutMs: 5, onLate })
  await expect.poll(() => late.length).toBeGreaterThan(1)
  await here.moveTo(5n)
  expect(await reaching).toBe(5n)
})

test('an aborted signal ends a wait', async () => {
  const here = await world(true)
  const stop = new AbortController()
  const reaching = here.models.reach(rings, 5n, { signal: stop.signal })
  stop.abort(new Error('stopped'))
  await expect(reaching).rejects.toThrow('stopped')
  expect(here.hurried.size).toBe(0)
})

test('a wait for the head ends once everything recorded so far is readable', async () => {
  const here = await world(true)
  const position = await here.ring('a')
  const reaching = here.models.reach(rings, 'head')
  expect(await isOver(reaching)).toBe(false)
  await here.moveTo(position, 'a')
  expect(await reaching).toBe(position)
})

test('one document that is missing is read again at the head of the log', async () => {
  const here = await world(true)
  const position = await here.ring('a')
  const reading = readOne(here.models, rings, 'a')
  expect(await isOver(reading)).toBe(false)
  await here.moveTo(position, 'a')
  expect(await reading).toEqual({ document: { id: 'a' }, position })
})

test.each([
  [undefined, false],
  [3n, true],
])('a search from position %s is as fresh as that: %s', async (minPosition, isFresh) => {
  const asked: unknown[] = []
  const hits = { hits: [], total: 0, facets: {} }
  const documents = {
    ...memoryDocuments(),
    search: async (_: unknown, query: unknown, options: unknown) => {
      asked.push(query, options)
      return hits
    },
  }
  const progress = progressOf({ positions: async () => new Map([['rings', 5n]]) })
  const models = readModelsOf(documents as never, progress, memoryEventLog())
  const query = { text: 'bell' } as never
  expect(await models.search(rings, query, minPosition)).toEqual({ ...hits, position: 5n })
  expect(asked).toEqual([query, { isFresh }])
})

test('a query of a read model whose store is away fails as such, without a look at the head of the log', async () => {
  const documents = memoryDocuments()
  const away = { ...documents, positions: () => Promise.reject(new Unavailable('away')) }
  const models = readModelsOf(away, progressOf(away), {
    head: () => expect.unreachable('the head is not read'),
  })
  const failed = await models.get(rings, 'a', 1n).catch((error: unknown) => error)
  expect.assert(failed instanceof Unavailable && !(failed instanceof NotCaughtUp))
})

test('answers are cached until an event that the read model reads, or that this process has not read', async () => {
  const documents = memoryDocuments()
  await documents.publish(await documents.begin(rings))
  const find = vi.spyOn(documents, 'find')
  const at = { position: 0n, head: 0n, newest: 0n }
  const progress = { ...progressOf(documents), positionOf: async () => at.position }
  const feed = {
    head: () => at.head,
    newest: (types: readonly string[]) => (types.includes('Rang') ? at.newest : 0n),
  }
  const models = readModelsOf(documents, progress as never, memoryEventLog(), { feed })
  /** Reads at a position. @returns whether the store was asked */
  const asks = async (position: bigint, head: bigint, newest: bigint): Promise<boolean> => {
    Object.assign(at, { position, head, newest })
    find.mockClear()
    expect((await models.find(rings, {})).position).toBe(position)
    return find.mock.calls.length > 0
  }
  expect(await asks(5n, 5n, 2n)).toBe(true)
  expect(await asks(7n, 9n, 2n)).toBe(false)
  // The read model lags behind an event of its own.
  expect(await asks(7n, 9n, 8n)).toBe(true)
  expect(await asks(9n, 9n, 8n)).toBe(true)
  expect(await asks(10n, 10n, 8n)).toBe(false)
  // Another process may have read such an event.
  expect(await asks(11n, 10n, 8n)).toBe(true)
})
