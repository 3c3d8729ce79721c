import { createHook } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, Fields, projection, type AnyProjection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memoryEventReaders } from '../platform/storage/event-readers/memory.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { openFeed } from './feed.ts'
import { followLog } from './follow-log.ts'
import { groupedWriters } from './grouped-writer.ts'
import { progress as progressOf } from './progress.ts'
import { project } from './project.ts'
import { readModels } from './read-models.ts'

const bell = decider({
  name: 'bell',
  id: Type.String(),
  commands: {},
  events: { Rang: Fields({}), Broke: Fields({}) },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { Rang: () => null, Broke: () => null },
})

const Document = Fields({ id: Type.String() })

const reading = (name: string, type: 'Rang' | 'Broke'): AnyProjection =>
  projection({
    name,
    store: 'postgres',
    within: 60_000,
    document: Document,
    from: [bell],
    key: ({ id }) => id,
  }).rules({ [type]: (_: unknown, __: unknown, key: string) => ({ id: key }) })

/** Cost of one event while these projections and followers run, besides one of each that reads it. */
const costOf = async (others: readonly AnyProjection[], followers: number) => {
  const log = memoryEventLog()
  const calls: string[] = []
  const memory = memoryDocuments()
  const counted = new Set<string | symbol>(['write', 'writeAll', 'load', 'advance'])
  const documents = new Proxy(memory, {
    get: (store, name, receiver): unknown => {
      if (counted.has(name)) calls.push(String(name))
      return Reflect.get(store, name, receiver)
    },
  })
  const feed = await openFeed(log)
  const progress = progressOf(documents, feed)
  const writers = groupedWriters({ documents, feed })
  const stop = new AbortController()
  const catalogue = { unreadable: () => undefined, streamTold: (stream: string) => stream }
  const leases = memoryLeases()
  const control = memoryControl()
  const onError = (error: unknown) => expect.unreachable(String(error))
  const projections = [reading('concerned', 'Rang'), ...others]
  const running = projections.map((one) =>
    project(one, stop.signal, {
      feed,
      documents,
      writers,
      letters: memoryDeadLetters(),
      leases,
      control,
      catalogue,
      progress,
      onError,
    }),
  )
  let taken = 0
  const follow = (name: string, type: string) =>
    followLog(name, stop.signal, {
      types: [type],
      feed,
      leases,
      checkpoints: memoryCheckpoints(),
      control,
      newer: { catalogue, readers: memoryEventReaders() },
      begin: async () => ({ take: async () => void (taken += 1) }),
      onError,
    })
  running.push(follow('concerned', 'Rang'))
  for (let nth = 0; nth < followers; nth += 1) running.push(follow(`idle-${nth}`, 'Broke'))

  const models = readModels(documents, progress, log)
  const ring = async () => {
    const { position } = await log.append(`bell-${randomUUID()}`, 'none', [
      { eventId: randomUUID(), type: 'Rang', data: {}, metadata: someMetadata },
    ])
    return position
  }
  const saved = async (position: bigint) => {
    const names = projections.map(({ name }) => name)
    const positions = await documents.positions(names)
    return names.every((name) => positions.get(name) === position)
  }
  const first = await ring()
  await expect.poll(() => saved(first)).toBe(true)
  await expect.poll(() => taken).toBe(1)

  /** Cost of one event, and the store calls that it causes. */
  const measure = async (nth: number) => {
    calls.length = 0
    const counts = { timers: 0, promises: 0 }
    const hook = createHook({
      init: (_, type) => {
        if (type === 'Timeout') counts.timers += 1
        if (type === 'PROMISE') counts.promises += 1
      },
    })
    const heard = Promise.withResolvers<void>()
    const end = feed.onMoved(0, heard.resolve)
    hook.enable()
    const position = await ring()
    await heard.promise
    for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate)
    hook.disable()
    end()
    for (const one of projections)
      expect((await models.get(one, 'a', position)).position).toBeGreaterThanOrEqual(position)
    await expect.poll(() => saved(position)).toBe(true)
    await expect.poll(() => taken).toBe(nth)
    return { ...counts, calls: calls.toSorted() }
  }
  // Timers that were set before may ring at any time: the cheapest is the true cost.
  const costs = []
  for (let nth = 2; nth < 8; nth += 1) costs.push(await measure(nth))
  stop.abort()
  await Promise.all(running)
  await feed.close()
  return {
    timers: Math.min(...costs.map(({ timers }) => timers)),
    promises: Math.min(...costs.map(({ promises }) => promises)),
    calls: costs.map((cost) => cost.calls).toSorted((a, b) => a.length - b.length)[0],
  }
}

const named = (count: number, type: 'Rang' | 'Broke') =>
  Array.from({ length: count }, (_, nth) => reading(`other_${nth}`, type))

test('forty projections and ten followers that do not read an event add no statement, timer or promise', async () => {
  const alone = await costOf(named(1, 'Broke'), 1)
  const crowded = await costOf(named(40, 'Broke'), 10)
  expect(crowded).toEqual(alone)
  expect(alone.calls).toEqual(['advance', 'load', 'write'])
})

test('one more projection that reads an event adds no write', async () => {
  const writesOf = async (count: number) =>
    (await costOf(named(count, 'Rang'), 1)).calls?.filter((call) => call !== 'load')
  expect(await writesOf(4)).toEqual(['writeAll'])
  expect(await writesOf(5)).toEqual(['writeAll'])
})
