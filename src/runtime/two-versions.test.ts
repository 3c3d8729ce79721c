import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { catalogue, decider, evolved, Fields, Nothing, type Catalogue } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { until } from '../../test/support/until.ts'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memoryEventReaders } from '../platform/storage/event-readers/memory.ts'
import { wholeVersion } from '../platform/storage/event-readers/port.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { memoryQueue } from '../platform/messaging/queue/memory.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { executor } from './execute.ts'
import { openFeed } from './feed.ts'
import { followLog } from './follow-log.ts'
import { isLeftToNewer } from './newer-events.ts'
import { wakeSagas } from './orchestrate.ts'
import type { Timer } from './saga-input.ts'

const Weight = Fields({ grams: Type.Integer({ minimum: 1 }) })

/** A parcel, as the older version knows it. */
const old = decider({
  name: 'parcel',
  id: Type.String(),
  commands: { Pack: Weight },
  events: { Packed: Weight },
  refusals: {},
}).rules<number>({
  initialState: 0,
  decide: { Pack: (data) => [{ type: 'Packed', data }] },
  evolve: {
    Packed: (packed, { grams }) => {
      if (grams > 1_000_000) throw new TypeError('No scale goes that far')
      return packed + grams
    },
  },
})

/** The newer version can wrap a parcel, and weighs in another unit. */
const now = decider({
  name: 'parcel',
  id: Type.String(),
  commands: { Pack: Weight, Wrap: Nothing },
  events: {
    Packed: evolved(Fields({ kilograms: Type.Number() }), ({ grams }: { grams: number }) => ({
      kilograms: grams / 1_000,
    })),
    Wrapped: Nothing,
  },
  refusals: {},
}).rules<string[]>({
  initialState: [],
  decide: {
    Pack: ({ grams }) => [{ type: 'Packed', data: { kilograms: grams / 1_000 } }],
    Wrap: () => [{ type: 'Wrapped', data: {} }],
  },
  evolve: {
    Packed: (all, { kilograms }) => [...all, `${kilograms} kg`],
    Wrapped: (all) => [...all, 'wrapped'],
  },
})

const letter = decider({
  name: 'letter',
  id: Type.String(),
  commands: {},
  events: { Written: Nothing },
  refusals: {},
}).rules({ initialState: 0, decide: {}, evolve: { Written: (written: number) => written + 1 } })

const origin = () => ({ commandId: randomUUID(), actorId: 'ann', correlationId: randomUUID() })
const pack = { type: 'Pack' as const, data: { grams: 500 } }
const wrap = { type: 'Wrap' as const, data: {} }

const twoVersions = () => {
  const raw = memoryEventLog()
  const snapshots = memorySnapshots()
  const met: NewerVersion[] = []
  const version = (events: Catalogue) =>
    executor({
      log: validatingLog(raw, events),
      snapshots,
      catalogue: events,
      onNewer: (found) => met.push(found),
    })
  const events = { old: catalogue([old, letter]), now: catalogue([now, letter]) }
  const append = (stream: string, type: string, data: object = {}) =>
    raw.append(stream, 'any', [{ eventId: randomUUID(), type, data, metadata: someMetadata }])
  return { raw, met, events, append, older: version(events.old), newer: version(events.now) }
}

describe('commands', () => {
  test('on a stream with an event that only a newer version declares are left to that version', async () => {
    const { older, newer, met } = twoVersions()
    await older.execute(old, 'a', pack, origin())
    await newer.execute(now, 'a', wrap, origin())
    for (const asked of [older.execute(old, 'a', pack, origin()), older.stateOf(old, 'a')])
      await expect(asked).rejects.toMatchObject({
        name: 'NewerVersion',
        type: 'Wrapped',
        stream: 'parcel-a',
        isForeign: false,
      })
    expect(met.length).toBeGreaterThan(0)

    await older.execute(old, 'b', pack, origin())
    expect((await older.stateOf(old, 'b')).state).toBe(500)
    await newer.execute(now, 'a', pack, origin())
    expect((await newer.stateOf(now, 'a')).state).toEqual(['0.5 kg', 'wrapped', '0.5 kg'])
  })

  test('are left to it as well where a known event has a newer schema version', async () => {
    const { older, newer } = twoVersions()
    await newer.execute(now, 'a', pack, origin())
    await expect(older.stateOf(old, 'a')).rejects.toThrow(/Packed was recorded under version 2/)
  })

  test('fail by name where another program has appended an event to the stream', async () => {
    const { older, append } = twoVersions()
    await append('parcel-a', 'Written')
    await expect(older.stateOf(old, 'a')).rejects.toMatchObject({
      message: 'Written is no event of parcel',
      isForeign: true,
    })
    await append('parcel-b', 'Packed', { grams: 'many' })
    expect((await older.stateOf(old, 'b')).state).toBe('0many')
    await append('parcel-c', 'Packed', { grams: 5_000_000.5 })
    await expect(older.stateOf(old, 'c')).rejects.toMatchObject({
      name: 'NewerVersion',
      isForeign: true,
    })
    await append('parcel-d', 'Packed', { grams: 5_000_000 })
    await expect(older.stateOf(old, 'd')).rejects.toMatchObject({ name: 'TypeError' })
  })
})

test('an event that no version of Agora declares is not waited for', async () => {
  const readers = memoryEventReaders()
  await readers.declare(new Map([[wholeVersion, ['Wrapped', 'Packed']]]))
  const error = (type: string, isForeign = false) =>
    new NewerVersion({ type, stream: 'parcel-a' }, type, { isForeign })
  expect(await isLeftToNewer(error('Wrapped'), readers)).toBe(true)
  expect(await isLeftToNewer(error('Stolen'), readers)).toBe(false)
  expect(await isLeftToNewer(error('Packed', true), readers)).toBe(false)
  expect(await isLeftToNewer(new Error('Wrapped'), readers)).toBe(false)
})

/** Followers of one log that share one lease, as two versions of one saga do. */
const following = async () => {
  const { raw, events, append } = twoVersions()
  const checkpoints = memoryCheckpoints()
  const readers = memoryEventReaders()
  const leases = memoryLeases()
  const stop = new AbortController()
  const running: Promise<void>[] = []
  const follow = async (types: readonly string[], known: Catalogue) => {
    const feed = await openFeed(validatingLog(raw, known))
    const taken: string[] = []
    const errors: unknown[] = []
    running.push(
      followLog('saga:parcels', stop.signal, {
        types,
        feed,
        leases,
        checkpoints,
        control: memoryControl(),
        newer: { catalogue: known, readers },
        begin: async () => ({
          take: async (slice) =>
            void taken.push(
              ...slice.events.map(({ type }) => type).filter((type) => types.includes(type)),
            ),
        }),
        onError: (error) => errors.push(error),
      }).then(() => feed.close()),
    )
    return { taken, errors }
  }
  return {
    append,
    readers,
    checkpoint: () => checkpoints.load('saga:parcels'),
    older: () => follow(['Packed'], events.old),
    newer: async () => {
      await readers.declare(new Map([['saga:parcels', ['Packed', 'Wrapped']]]))
      return follow(['Packed', 'Wrapped'], events.now)
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await Promise.all(running)
    },
  }
}
const patience = { timeout: 120_000 }

describe('a saga of an older version', () => {
  test('releases its lease to a newer one before an event that only that one reads', async () => {
    await using world = await following()
    const older = await world.older()
    await world.append('parcel-a', 'Packed', { grams: 1 })
    await expect.poll(() => older.taken, patience).toEqual(['Packed'])
    const newer = await world.newer()
    await world.append('parcel-a', 'Wrapped')
    await world.append('parcel-a', 'Packed', { grams: 1 })
    await expect.poll(() => newer.taken, patience).toEqual(['Wrapped', 'Packed'])
    expect(older.taken).toEqual(['Packed'])
    expect(older.errors).toEqual([expect.any(NewerVersion)])
  })

  test('waits before it where it is alone, also when it lags far behind', async () => {
    await using world = await following()
    await world.readers.declare(new Map([['saga:parcels', ['Packed', 'Wrapped']]]))
    await world.append('parcel-a', 'Packed', { grams: 1 })
    const { position } = await world.append('parcel-a', 'Wrapped')
    await world.append('parcel-a', 'Packed', { grams: 1 })
    const older = await world.older()
    await expect.poll(() => older.errors, patience).toEqual([expect.any(NewerVersion)])
    expect(older.taken).toEqual(['Packed'])
    expect(await world.checkpoint()).toBe(position - 1n)
  })

  test('skips events that no version of it reads', async () => {
    await using world = await following()
    await world.readers.declare(new Map([['saga:others', ['Wrapped']]]))
    const older = await world.older()
    await world.append('parcel-a', 'Wrapped')
    await world.append('parcel-a', 'Stolen')
    const { position } = await world.append('parcel-a', 'Packed', { grams: 1 })
    await until(world.checkpoint, (at) => at === position)
    expect(older.taken).toEqual(['Packed'])
    expect(older.errors).toEqual([])
  })
})

test('a timer of a saga that only a newer version declares is returned to the queue, and neither lost nor parked', async () => {
  const queue = memoryQueue()
  const timer = {
    saga: 'wrapping',
    key: 'a',
    correlationId: randomUUID(),
    dueAt: 0,
    step: { id: 'one', to: 'parcel', target: 'a', type: 'Wrap', data: {}, wait: 1 },
  }
  await queue.add('saga-timers', [{ id: 'one', data: timer }])
  const clock = () => new Date()
  const older = await wakeSagas(queue, [], { clock })
  await expect.poll(async () => (await queue.counts('saga-timers')).delayed, patience).toBe(1)
  await older.stop()
  const woken: unknown[] = []
  const wrapping = { name: 'wrapping', wake: async ({ step }: Timer) => woken.push(step.id) > 0 }
  const newer = await wakeSagas(queue, [wrapping], { clock })
  await expect.poll(() => woken, patience).toEqual(['one'])
  await newer.stop()
  expect(await queue.parked()).toEqual([])
})
