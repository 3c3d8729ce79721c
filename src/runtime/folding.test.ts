import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import {
  DocumentRefused,
  type DocumentStore,
  type Loaded,
} from '../platform/storage/documents/port.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { sumsOf } from '../../test/support/sums.ts'
import { openFeed } from './feed.ts'
import { beginFolding } from './folding.ts'

/** Fails for 13. */
const sums = sumsOf({ unlucky: 13 })

/** Folds the events that were added so far into a generation. */
const world = async (change: (store: DocumentStore) => Partial<DocumentStore> = () => ({})) => {
  const log = memoryEventLog()
  const memory = memoryDocuments()
  const letters = memoryDeadLetters()
  const feed = await openFeed(log)
  onTestFinished(feed.close)
  const generation = await memory.begin(sums)
  await memory.publish(generation)
  const errors: string[] = []
  const loads: (readonly string[])[] = []
  const taken: bigint[] = []
  const folding = await beginFolding(
    generation,
    { kind: 'projection', name: 'sums', generation: generation.generation },
    {
      feed,
      documents: {
        ...memory,
        load: (one, keys) => {
          loads.push(keys)
          return memory.load(one, keys)
        },
        ...change(memory),
      },
      letters,
      catalogue: { unreadable: () => undefined },
      onPending: () => undefined,
      onError: (error) => errors.push(String(error)),
      taken: (events) => void taken.push(...events.map(({ position }) => position)),
    },
  )
  const add = async (id: string, by: number) => {
    const { position } = await log.append(`counter-${id}`, 'any', [
      { eventId: randomUUID(), type: 'Added', data: { by }, metadata: someMetadata },
    ])
    await expect.poll(feed.head).toBe(position)
  }
  /** Folds the next slice, and writes it. */
  const step = async () => {
    const slice = folding.reader.peek()!
    const { changed } = await folding.fold(slice.events)
    await folding.write(changed, slice.position)
    return changed
  }
  const sum = async (id: string) => (await memory.get(sums, id)) as unknown
  const parked = async () =>
    (await letters.list()).map(({ key, position, type }) => [key, position, type])
  return { add, step, sum, parked, folding, errors, loads, taken }
}

describe('a document', () => {
  test('into which an event cannot be folded is parked, and reported', async () => {
    const { add, step, sum, parked, errors } = await world()
    await add('a', 1)
    await add('b', 13)
    await add('b', 2)
    await step()
    expect([await sum('a'), await sum('b')]).toEqual([{ id: 'a', sum: 1 }, undefined])
    expect([await parked(), errors]).toEqual([[['b', 2n, 'Added']], ['Error: unlucky']])
  })

  test('that its store refuses is parked at its first event, and the others are written', async () => {
    const { add, step, sum, parked, errors } = await world((store) => ({
      write: async (generation, batch) => {
        if (batch.upserts.has('b')) throw new DocumentRefused('b', 'too large')
        return store.write(generation, batch)
      },
    }))
    for (const id of ['a', 'b', 'b', 'a']) await add(id, 1)
    await step()
    expect([await sum('a'), await sum('b')]).toEqual([{ id: 'a', sum: 2 }, undefined])
    expect(await parked()).toEqual([['b', 2n, 'Added']])
    expect(errors).toEqual(['DocumentRefused: The document b is refused by its store: too large'])
  })

  test('that its store refuses is parked at the first event that it does not include yet', async () => {
    const ahead: Loaded = { document: { id: 'b', sum: 7 }, position: 2n }
    const { add, step, parked } = await world((store) => ({
      loadToFold: async () => new Map([['b', ahead]]),
      write: async (generation, batch) => {
        if (batch.upserts.has('b')) throw new DocumentRefused('b', 'too large')
        return store.write(generation, batch)
      },
    }))
    for (const id of ['a', 'b', 'b', 'b']) await add(id, 1)
    await step()
    expect(await parked()).toEqual([['b', 3n, 'Added']])
  })

  test('that is refused without being written is an error', async () => {
    const { add, step, folding, parked } = await world(() => ({
      write: () => Promise.reject(new DocumentRefused('b', 'too large')),
    }))
    await add('a', 1)
    await expect(step()).rejects.toBeInstanceOf(DocumentRefused)
    await add('b', 13)
    await expect(step()).rejects.toBeInstanceOf(DocumentRefused)
    expect([await parked(), [...folding.parked]]).toEqual([[['b', 2n, 'Added']], ['b']])
  })

  test('ahead of its generation includes the events up to its position', async () => {
    const stored = new Map<string, Loaded>([
      ['a', { document: { id: 'a', sum: 3 }, position: 2n }],
      ['b', { document: { id: 'b', sum: 5 } }],
    ])
    const { add, step, sum, folding } = await world(() => ({ loadToFold: async () => stored }))
    for (const id of ['a', 'a', 'a', 'b', 'c']) await add(id, 1)
    const positions = async () => Promise.all(['a', 'b', 'c'].map(folding.aheadAt))
    expect(await positions()).toEqual([2n, undefined, undefined])
    await step()
    expect([await sum('a'), await sum('b'), await sum('c')]).toEqual([
      { id: 'a', sum: 4 },
      { id: 'b', sum: 6 },
      { id: 'c', sum: 1 },
    ])
    expect(await positions()).toEqual([undefined, undefined, undefined])
  })

  test('is loaded once, until it is forgotten', async () => {
    const { add, step, folding, loads } = await world()
    for (const by of [1, 2]) {
      await add('a', by)
      await step()
    }
    expect([loads, folding.cached('a')]).toEqual([[['a']], { document: { id: 'a', sum: 3 } }])
    folding.forget('a')
    expect(folding.cached('a')).toBeUndefined()
    await add('a', 3)
    await step()
    expect([loads.length, folding.cached('a')]).toEqual([2, { document: { id: 'a', sum: 6 } }])
  })
})

describe('events are taken in', () => {
  test('once, by the write that has them', async () => {
    const { add, step, folding, taken } = await world()
    await add('a', 1)
    await step()
    await folding.write(new Map([['a', { id: 'a', sum: 1 }]]), 1n)
    expect(taken).toEqual([1n])
  })

  test('never, when they changed nothing: a later write, as of a retry, has none of them', async () => {
    const { add, step, folding, taken } = await world()
    await add('b', 13)
    await step()
    await add('b', 1)
    // As the projector does, which writes nothing here.
    const slice = folding.reader.peek()!
    const { changed } = await folding.fold(slice.events)
    expect(changed.size).toBe(0)
    folding.reader.moveTo(slice.position)
    await folding.write(new Map([['b', { id: 'b', sum: 14 }]]), slice.position)
    expect(taken).toEqual([])
  })

  test('never, when the answer to their write was lost: the position shows later whether they are in', async () => {
    let isOut = true
    const { add, step, folding, taken } = await world((store) => ({
      write: async (generation, batch) => {
        const isWritten = await store.write(generation, batch)
        if (isOut) throw new Error('no answer')
        return isWritten
      },
    }))
    await add('a', 1)
    await expect(step()).rejects.toThrow('no answer')
    isOut = false
    await folding.reload()
    await folding.write(new Map([['a', { id: 'a', sum: 1 }]]), folding.saved())
    expect(taken).toEqual([])
  })
})
