import { describe, expect, test } from 'vitest'
import { memoryEngine } from '../platform/storage/documents/memory-engine.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { routedDocuments } from '../platform/storage/documents/routed.ts'
import type { DocumentStore, Generation } from '../platform/storage/documents/port.ts'
import { readModels } from './read-models.ts'
import { broken, splitWorld, type Depot } from './testing/split-world.ts'

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const

/** The store of all processes, and the parts that each of them has written. */
const watched = () => {
  const store = memoryDocuments()
  const wrote = new Map<string, Set<string>>()
  const of = (process: string): DocumentStore => ({
    ...store,
    write: (generation, batch) => {
      const parts = wrote.get(process) ?? new Set()
      const { part } = generation
      wrote.set(process, parts.add(part ? `${part.part} of ${part.of}` : 'whole'))
      return store.write(generation, batch)
    },
  })
  return { store, wrote, of }
}

const documentsOf = async (
  store: DocumentStore,
  generation: Generation,
): Promise<ReadonlyMap<string, unknown>> => new Map(await store.scan(generation, { limit: 1_000 }))

describe('a read model with two runners', () => {
  test('is folded by two processes, each a part; readers of both, and of a third, see their writes', async () => {
    const { store, wrote, of } = watched()
    const world = splitWorld(store)
    await using one = await world.start(2, { documents: of('one') })
    await using two = await world.start(2, { documents: of('two') })
    await using reader = await world.start(2, { documents: of('reader') })
    const reads = readModels(store, reader.progress, world.log)
    const all = async () => {
      const position = await world.scan(...names)
      for (const { progress } of [one, two, reader])
        expect(await progress.reach('depots', position)).toBe(position)
      const { documents } = await reads.find(world.model, { sort: ['id'] }, position)
      expect(new Map(documents.map((depot) => [depot.id, depot]))).toEqual(world.expected)
    }
    await expect
      .poll(async () => {
        wrote.clear()
        await all()
        return [...wrote.values()].map((parts) => [...parts].join()).toSorted()
      })
      .toEqual(['0 of 2', '1 of 2'])
    expect([...one.errors, ...two.errors, ...reader.errors]).toEqual([])
  })

  test('is folded by one process while there is no other, which takes over what it does not need to run', async () => {
    const { store, wrote, of } = watched()
    const world = splitWorld(store)
    await using one = await world.start(2, { documents: of('one') })
    await one.progress.reach('depots', await world.scan(...names))
    expect([...wrote.get('one')!].toSorted()).toEqual(['0 of 2', '1 of 2'])
    const two = await world.start(2, { documents: of('two') })
    await expect
      .poll(async () => {
        wrote.clear()
        await one.progress.reach('depots', await world.scan(...names))
        return [wrote.get('one')?.size, wrote.get('two')?.size]
      })
      .toEqual([1, 1])
    await two.end()
    await one.progress.reach('depots', await world.scan(...names))
    const live = await store.live(world.model)
    expect(await documentsOf(store, live!)).toEqual(world.expected)
    expect(one.errors).toEqual([])
  })

  test('reaches the position of an event that concerns one part, or none', async () => {
    const { store } = watched()
    const world = splitWorld(store)
    await using one = await world.start(2)
    await one.progress.reach('depots', await world.scan('a'))
    await one.progress.reach('depots', await world.ignore())
    expect(await one.progress.positionOf('depots')).toBe(await world.log.head())
  })

  test('stands still while it is paused, also when it was left in parts, and goes on', async () => {
    const { store } = watched()
    const world = splitWorld(store)
    const before = await world.start(2)
    await before.progress.reach('depots', await world.scan(...names))
    await before.end()
    expect(await store.parts((await store.live(world.model))!)).toHaveLength(2)
    await world.control.pause('depots')
    await using after = await world.start(2)
    const live = (await store.live(world.model))!
    const held = async () => (await store.parts(live)).filter(({ isHeld }) => isHeld)
    await expect.poll(held).toHaveLength(2)
    const position = await world.scan(...names)
    await expect(after.progress.reach('depots', position, { timeoutMs: 50 })).rejects.toThrow(
      'has not reached',
    )
    await world.control.resume('depots')
    await after.progress.reach('depots', position)
    await world.control.pause('depots')
    await expect.poll(() => store.parts(live)).toEqual([])
    await world.control.resume('depots')
    await after.progress.reach('depots', await world.scan(...names))
    expect(await documentsOf(store, live)).toEqual(world.expected)
  })

  test('is rebuilt, compared without a difference, and divided again', async () => {
    const { store } = watched()
    const world = splitWorld(store)
    await using one = await world.start(2)
    await using two = await world.start(2)
    await one.progress.reach('depots', await world.scan(...names))
    await store.begin(world.model)
    await world.control.announce()
    const live = async () => (await store.live(world.model))?.generation
    while ((await live()) !== 2) await two.progress.reach('depots', await world.scan('a', 'c'))
    await two.progress.reach('depots', await world.scan(...names))
    const records = await store.generations('depots')
    const [published] = records.filter(({ status }) => status === 'live')
    expect(published).toMatchObject({ generation: 2, comparison: { different: 0, onlyOld: 0 } })
    expect(await documentsOf(store, (await store.live(world.model))!)).toEqual(world.expected)
    await expect.poll(async () => store.parts((await store.live(world.model))!)).toHaveLength(2)
  })

  test('is folded although processes of another version, or with another number of parts, wait for it', async () => {
    const { store } = watched()
    const world = splitWorld(store)
    await using one = await world.start(2)
    await one.progress.reach('depots', await world.scan(...names))
    const acquired = new Set<string>()
    /** Leases that note those that a process has acquired. */
    const noted = (process: string) => ({
      ...world.leases,
      acquire: async (...args: Parameters<typeof world.leases.acquire>) => {
        const lease = await world.leases.acquire(...args)
        if (args[0].includes(':part:')) acquired.add(process)
        return lease
      },
    })
    await using _newer = await world.start(2, { leases: noted('newer') }, { version: 2 })
    await using _wider = await world.start(3, { leases: noted('wider') })
    await expect.poll(() => acquired.size).toBe(2)
    await one.progress.reach('depots', await world.scan(...names))
    expect(one.errors).toEqual([])
  })

  test('stands still, in parts, once a newer version compares a generation at its gate', async () => {
    const { store } = watched()
    const world = splitWorld(store)
    const first = await world.start(2)
    await first.progress.reach('depots', await world.scan(...names))
    const gateOf = () => ({ ignoredFields: [] })
    await using newer = await world.start(2, { gateOf }, { version: 2 })
    // Runs parts, once the first process has ended.
    await using _ = await world.start(2)
    await first.end()
    const state = async () => (await store.generations('depots'))[1]?.gateState
    await expect.poll(state).toBe('waiting')
    const live = (await store.live(world.model))!
    expect((await store.parts(live)).map(({ isHeld }) => isHeld)).toEqual([true, true])
    expect(newer.errors).toEqual([])
  })

  test('parks a document in its part, and folds it when an operator requests it', async () => {
    const { store } = watched()
    const world = splitWorld(store)
    await using one = await world.start(2)
    await one.progress.reach('depots', await world.scan(...names))
    broken.isSeizing = true
    for (const name of ['a', 'b', 'c']) await world.seize(name)
    await one.progress.reach('depots', await world.scan(...names))
    const parked = await world.letters.list()
    expect(parked.map(({ key }) => key).toSorted()).toEqual(['a', 'b', 'c'])
    const depot = async (id: string) => store.get<Depot>(world.model, id)
    expect(await depot('a')).toMatchObject({ scans: 1 })
    expect(await depot('d')).toEqual(world.expected.get('d'))
    broken.isSeizing = false
    for (const { id } of parked) await world.letters.requestRetry(id)
    await world.control.announce()
    await expect.poll(() => world.letters.list()).toEqual([])
    expect(await depot('a')).toEqual(world.expected.get('a'))
    await one.progress.reach('depots', await world.scan(...names))
    expect(await documentsOf(store, (await store.live(world.model))!)).toEqual(world.expected)
    await expect.poll(async () => store.parts((await store.live(world.model))!)).toHaveLength(2)
  })

  test('in an engine without transactions is folded once, although a process writes late', async () => {
    const engine = memoryEngine()
    const store = routedDocuments(memoryDocuments(), { mongo: { engine, isCurrent: true } })
    const world = splitWorld(store, 'mongo')
    const late: (() => Promise<void>)[] = []
    const slow = routedDocuments(store, {
      mongo: {
        engine: {
          ...engine,
          write: async (generation, batch) => {
            await engine.write(generation, batch)
            late.push(() => engine.write(generation, batch))
          },
        },
        isCurrent: true,
      },
    })
    await using one = await world.start(2, { documents: slow })
    const two = await world.start(2)
    for (let round = 0; round < 5; round += 1)
      await one.progress.reach('depots', await world.scan(...names))
    await two.end()
    for (const write of late) await write()
    await one.progress.reach('depots', await world.scan(...names))
    expect(await documentsOf(store, (await store.live(world.model))!)).toEqual(world.expected)
  })
})
