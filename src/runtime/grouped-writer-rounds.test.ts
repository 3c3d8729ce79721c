import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { decider, Fields, projection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { openFeed } from './feed.ts'
import { beginFolding } from './folding.ts'
import { groupedWriter, restAfter, saveEvery, type Member } from './grouped-writer.ts'

const counter = decider({
  name: 'counter',
  id: Type.String(),
  commands: {},
  events: { Added: Fields({}), Passed: Fields({}) },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { Added: () => null, Passed: () => null },
})

/** Counts; `Passed` is read, and concerns no document. */
const counting = (name: string) =>
  projection({
    name,
    store: 'postgres',
    within: 60_000,
    document: Fields({ id: Type.String(), times: Type.Integer() }),
    from: [counter],
    key: ({ id, type }) => (type === 'Passed' ? undefined : id),
  }).rules({
    Added: (document, _, id) => ({ id, times: (document?.times ?? 0) + 1 }),
    Passed: (document) => document,
  })

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate)
}

/** Waits for a condition without timers. */
const happens = async (holds: () => boolean) => {
  while (!holds()) await new Promise(setImmediate)
}

type Store = Pick<DocumentStore, 'load' | 'write' | 'writeAll' | 'advance'>

/** A log, a store whose calls are listed, and a group that writes it; the test says when positions are saved. */
const world = async (change: (store: Store) => Partial<Store> = () => ({})) => {
  const log = memoryEventLog()
  const memory = memoryDocuments()
  const changed = { ...memory, ...change(memory) }
  const calls: string[] = []
  const documents: typeof memory = {
    ...changed,
    write: (generation, batch) => {
      calls.push(`write ${generation.projection.name}`)
      return changed.write(generation, batch)
    },
    writeAll: (batches) => {
      calls.push(`write ${batches.map(({ generation }) => generation.projection.name).join(' ')}`)
      return changed.writeAll(batches)
    },
    advance: (moves) => {
      calls.push(`advance ${moves.map(({ generation }) => generation.projection.name).join(' ')}`)
      return changed.advance(moves)
    },
  }
  const feed = await openFeed(log)
  let save = (): void => undefined
  const writer = groupedWriter({
    documents,
    feed: {
      onMoved: (_, listener) => {
        save = listener
        return () => undefined
      },
    },
  })
  const add = async (id = 'x', type: 'Added' | 'Passed' | 'Other' = 'Added') => {
    const { position } = await log.append(`counter-${id}`, 'any', [
      { eventId: randomUUID(), type, data: {}, metadata: someMetadata },
    ])
    await happens(() => feed.head() === position)
    return position
  }

  const letters = memoryDeadLetters()
  /** Begins a projection at its stored position. @returns `join` lets it join the group */
  const begin = async (
    name: string,
    { isHeld = () => true, isNewer = false, ...more }: Partial<Member> & { isNewer?: boolean } = {},
  ) => {
    const model = counting(name)
    const stored = (await memory.live(model)) ?? (await memory.begin(model))
    await memory.publish(stored)
    const folding = await beginFolding(
      stored,
      { kind: 'projection', name, generation: stored.generation },
      {
        feed,
        documents,
        letters,
        catalogue: { unreadable: () => (isNewer ? 'of a newer version' : undefined) },
        onPending: writer.wake,
        onError: (error) => expect.unreachable(String(error)),
      },
    )
    const stop = new AbortController()
    /** How the membership has ended, if it has. */
    const ending: { as?: unknown } = {}
    return {
      folding,
      leave: () => stop.abort(),
      ending,
      join: () => {
        const member = { folding, isHeld, moved: () => undefined, delay: 0, wanted: () => -1n }
        writer.join({ ...member, ...more }, stop.signal).then(
          () => (ending.as = 'left'),
          (error: unknown) => (ending.as = String(error)),
        )
      },
      times: async (id = 'x') => (await memory.get(model, id))?.times,
      position: () => memory.position(stored),
      stored,
    }
  }
  const join = async (...args: Parameters<typeof begin>) => {
    const begun = await begin(...args)
    begun.join()
    return begun
  }
  return {
    begin,
    join,
    add,
    calls,
    memory,
    save: () => save(),
    wake: writer.wake,
    close: feed.close,
  }
}

test.for([
  [0, 4],
  [1, 3],
  [2, 2],
  [3, 3],
  [10, 10],
  [500, 20],
])('after a batch of %d ms is a pause of %d ms', ([took, pause]) => {
  expect(restAfter(took!)).toBe(pause)
})

describe('a member of a group', () => {
  test('that joins with events to fold is written at once', async () => {
    const { begin, add, close } = await world()
    const one = await begin('a')
    await add()
    one.join()
    await expect.poll(() => one.times()).toBe(1)
    await close()
  })

  test('leaves when its signal is aborted, even before it joins', async () => {
    const { begin, join, add, close } = await world()
    const late = await begin('a')
    late.leave()
    late.join()
    const other = await join('b')
    await expect.poll(() => late.ending.as).toBe('left')
    other.leave()
    await expect.poll(() => other.ending.as).toBe('left')
    await add()
    await settle()
    expect([await late.times(), await other.times()]).toEqual([undefined, undefined])
    await close()
  })

  test('leaves before an event that only a newer version can fold', async () => {
    const { join, add, calls, close } = await world()
    const one = await join('a', { isNewer: true })
    await add()
    await expect.poll(() => one.ending.as).toBe('left')
    expect([one.folding.reader.position(), calls]).toEqual([0n, []])
    await close()
  })

  test('leaves without a write where its lease was lost before it folds', async () => {
    const { join, add, calls, close } = await world()
    const one = await join('a', { isHeld: () => false })
    await add()
    await expect.poll(() => one.ending.as).toBe('left')
    expect(calls).toEqual([])
    await close()
  })

  test('leaves without a write where its lease is lost while it folds', async () => {
    let isHeld = true
    const { join, add, calls, close } = await world((store) => ({
      load: async (generation, keys) => {
        if (generation.projection.name === 'a') isHeld = false
        return store.load(generation, keys)
      },
    }))
    const one = await join('a', { isHeld: () => isHeld })
    const other = await join('b')
    await add()
    await expect.poll(() => other.times()).toBe(1)
    await expect.poll(() => one.ending.as).toBe('left')
    expect(calls).toEqual(['write b'])
    await close()
  })

  test('leaves without a write where its lease is lost while the group is refused', async () => {
    let isHeld = true
    const { join, add, calls, close } = await world(() => ({
      writeAll: async () => {
        isHeld = false
        return false
      },
    }))
    const one = await join('a', { isHeld: () => isHeld })
    const other = await join('b')
    await add()
    await expect.poll(() => other.times()).toBe(1)
    await expect.poll(() => one.ending.as).toBe('left')
    expect(calls).toEqual(['write a b', 'write b'])
    await close()
  })

  test('is written by itself where the group fails for any reason but an outage', async () => {
    const { join, add, calls, close } = await world(() => ({
      writeAll: () => Promise.reject(new Error('one is refused')),
    }))
    const [one, other] = [await join('a'), await join('b')]
    await add()
    for (const each of [one, other]) await expect.poll(() => each.times()).toBe(1)
    expect(calls.toSorted()).toEqual(['write a', 'write a b', 'write b'])
    expect([one.ending, other.ending]).toEqual([{}, {}])
    await close()
  })

  test('fails with the outage of its group, as it may have been written, and writes nothing by itself', async () => {
    const { join, add, calls, close } = await world(() => ({
      writeAll: () => Promise.reject(new Unavailable('away')),
    }))
    const both = [await join('a'), await join('b')]
    await add()
    for (const { ending } of both) await expect.poll(() => ending.as).toBe('Unavailable: away')
    expect(calls).toEqual(['write a b'])
    await close()
  })
})

describe('a position without a write', () => {
  test('is saved with all others when the head has moved, by one statement, and only where it has moved', async () => {
    const { join, add, calls, save, close } = await world()
    const [one, other] = [await join('a'), await join('b')]
    await add('x', 'Other')
    await add('x', 'Other')
    await settle()
    expect(calls).toEqual([])
    save()
    await expect.poll(() => other.position()).toBe(2n)
    expect(await one.position()).toBe(2n)
    save()
    await settle()
    expect(calls).toEqual(['advance a b'])
    await close()
  })

  test('is not saved with the write of another member', async () => {
    const { join, add, calls, close } = await world()
    const late = await join('late', { delay: 60_000 })
    const prompt = await join('prompt')
    await add('x', 'Other')
    await add()
    await expect.poll(() => prompt.times()).toBe(1)
    await settle()
    expect([calls, await late.position()]).toEqual([['write prompt'], 0n])
    await close()
  })

  test('moves past events that change nothing, which are not written', async () => {
    const { join, add, calls, close } = await world()
    const [one, other] = [await join('a'), await join('b')]
    await add('x', 'Passed')
    // Without another move of the head.
    for (const each of [one, other]) await expect.poll(() => each.position()).toBe(1n)
    expect(new Set(calls.map((call) => call.split(' ')[0]))).toEqual(new Set(['advance']))
    await close()
  })

  test('is saved after joining, where it has moved before', async () => {
    const { begin, add, close } = await world()
    const one = await begin('a')
    await add('x', 'Other')
    one.join()
    await expect.poll(() => one.position()).toBe(1n)
    await close()
  })

  test('is not saved without the lease', async () => {
    let isHeld = true
    const { join, add, calls, save, close } = await world()
    await join('a', { isHeld: () => isHeld })
    const other = await join('b')
    isHeld = false
    await add('x', 'Other')
    save()
    await expect.poll(() => other.position()).toBe(1n)
    expect(calls).toEqual(['advance b'])
    await close()
  })

  test('that another process has moved makes its member fail, and no other', async () => {
    const { join, add, memory, save, close } = await world()
    const [one, other] = [await join('a'), await join('b')]
    await memory.advance([{ generation: one.stored, from: 0n, to: 7n }])
    await add('x', 'Other')
    save()
    await expect.poll(() => one.ending.as).toBe('Unavailable: a is written by another process')
    expect([await one.position(), await other.position(), other.ending]).toEqual([7n, 1n, {}])
    await close()
  })

  test('that cannot be saved makes all members fail', async () => {
    const { join, add, save, close } = await world(() => ({
      advance: () => Promise.reject(new Unavailable('away')),
    }))
    const both = [await join('a'), await join('b')]
    await add('x', 'Other')
    save()
    for (const { ending } of both) await expect.poll(() => ending.as).toBe('Unavailable: away')
    await close()
  })
})

test('a member that takes long to load is left to itself, and begins another round afterwards', async () => {
  const loaded = Promise.withResolvers<void>()
  const { join, add, calls, save, close } = await world((store) => ({
    load: async (generation, keys) => {
      if (generation.projection.name === 'slow') await loaded.promise
      return store.load(generation, keys)
    },
  }))
  const slow = await join('slow')
  const other = await join('other')
  await add('x', 'Other')
  await add()
  await expect.poll(() => other.times()).toBe(1)
  await add('y')
  await expect.poll(() => other.times('y')).toBe(1)
  // The position that the feed had moved it to is that of the documents which are being folded.
  save()
  await settle()
  expect(calls).toEqual(['write other', 'write other'])
  loaded.resolve()
  await expect.poll(() => slow.times('y')).toBe(1)
  expect(calls.slice(2)).toEqual(['write slow', 'write slow'])
  await close()
})

describe('the timers of a group', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  })
  afterEach(() => vi.useRealTimers())

  test('wake it for the first member that is due, and are cleared when the last one leaves', async () => {
    const { join, add, calls, close } = await world()
    await settle()
    const idle = vi.getTimerCount()
    const later = await join('later', { delay: 60_000 })
    const sooner = await join('sooner', { delay: 1_000 })
    await settle()
    expect(vi.getTimerCount()).toBe(idle)
    await add()
    await add()
    await settle()
    expect([vi.getTimerCount(), calls]).toEqual([idle + 1, []])
    vi.advanceTimersByTime(1_000)
    await happens(() => calls.length > 0)
    expect([calls, await sooner.times()]).toEqual([['write sooner'], 2])
    await happens(() => vi.getTimerCount() === idle + 1)
    sooner.leave()
    vi.advanceTimersByTime(59_000)
    await happens(() => calls.length > 1)
    expect([calls.slice(1), await later.times()]).toEqual([['write later'], 2])
    await happens(() => vi.getTimerCount() === idle)
    await add()
    await happens(() => vi.getTimerCount() === idle + 1)
    later.leave()
    await settle()
    expect(vi.getTimerCount()).toBe(idle)
    await close()
  })

  test('save positions soon, unless a save comes before or the last member leaves', async () => {
    const { join, add, calls, save, close } = await world()
    await settle()
    const idle = vi.getTimerCount()
    const one = await join('a')
    await add('x', 'Passed')
    await settle()
    expect([vi.getTimerCount(), calls]).toEqual([idle + 1, []])
    vi.advanceTimersByTime(saveEvery)
    await happens(() => calls.length > 0)
    expect(await one.position()).toBe(1n)
    await add('x', 'Passed')
    await settle()
    save()
    await settle()
    expect([vi.getTimerCount(), await one.position()]).toEqual([idle, 2n])
    await add('x', 'Passed')
    await settle()
    expect(vi.getTimerCount()).toBe(idle + 1)
    one.leave()
    await settle()
    expect(vi.getTimerCount()).toBe(idle)
    await close()
  })

  test('do not wake it for a member whose position is reached, but at once for one that is waited for', async () => {
    const { join, add, calls, wake, close } = await world()
    let wanted = 0n
    const one = await join('a', { delay: 60_000, wanted: () => wanted })
    await add()
    await settle()
    expect(calls).toEqual([])
    wanted = 1n
    wake()
    await happens(() => calls.length > 0)
    expect(await one.times()).toBe(1)
    await close()
  })
})
