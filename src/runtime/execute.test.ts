import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { catalogue, decider, Fields, Id, isRefusal, Nothing, refuse } from '#kernel'
import { newId } from '#kernel/testing'
import { asyncCounts } from '../../test/support/async-counts.ts'
import { Conflict, EventRefused, type EventLog } from '../platform/storage/event-log/port.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import type { Snapshots } from '../platform/storage/snapshots/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { executor } from './execute.ts'

const JarId = Id('JarId')
type Jar = { open: boolean; sweets: number }

/** A jar of sweets: small, but it can say no, do nothing, and record something that its schema forbids. */
const jarOf = (stateVersion: number) =>
  decider({
    name: 'jar',
    id: JarId,
    commands: { Open: Nothing, Fill: Fields({ by: Type.Integer() }), Take: Nothing },
    events: {
      Opened: Nothing,
      Filled: Fields({ by: Type.Integer({ minimum: 1 }) }),
      Taken: Nothing,
    },
    refusals: { Empty: 'There are no sweets left.' },
  }).rules<Jar>({
    initialState: { open: false, sweets: 0 },
    stateVersion,
    decide: {
      Open: (_, { open }) => (open ? [] : [{ type: 'Opened', data: {} }]),
      Fill: ({ by }) => [{ type: 'Filled', data: { by } }],
      Take: (_, { sweets }) => (sweets > 0 ? [{ type: 'Taken', data: {} }] : refuse('Empty')),
    },
    evolve: {
      Opened: (jar) => ({ ...jar, open: true }),
      Filled: (jar, { by }) => ({ ...jar, sweets: jar.sweets + by }),
      Taken: (jar) => ({ ...jar, sweets: jar.sweets - 1 }),
    },
  })
const jar = jarOf(1)
const declared = catalogue([jar])

const someId = () => newId(JarId)
const from = (commandId: string = randomUUID()) => ({
  commandId,
  actorId: 'ann',
  correlationId: randomUUID(),
})
const fill = (by: number) => ({ type: 'Fill' as const, data: { by } })
const take = { type: 'Take' as const, data: {} }
const open = { type: 'Open' as const, data: {} }

/** A log that counts reads and appends, and an executor on it; several executors may share the log, as processes do. */
const setUp = (under: EventLog = validatingLog(memoryEventLog(), declared)) => {
  const asked = { reads: 0, appends: 0 }
  const log: EventLog = {
    ...under,
    read: (...args) => {
      asked.reads += 1
      return under.read(...args)
    },
    append: (...args) => {
      asked.appends += 1
      return under.append(...args)
    },
  }
  const snapshots = memorySnapshots()
  const another = (options: { snapshots?: Snapshots; log?: EventLog } = {}) =>
    executor({ log, snapshots, catalogue: declared, ...options })
  return { log, asked, snapshots, another, ...another() }
}

describe('a command', () => {
  test('is decided on the recorded state, and answered with the state after it', async () => {
    const { execute, log } = setUp()
    const id = someId()
    await execute(jar, id, fill(2), from())
    const answer = await execute(jar, id, take, from())
    expect.assert(!isRefusal(answer))
    expect(answer.state).toStrictEqual({ open: false, sweets: 1 })
    expect(answer.events).toStrictEqual([{ type: 'Taken', data: {} }])
    expect([answer.revision, answer.position]).toStrictEqual([1, await log.head()])
  })

  test('records its sender, correlation and cause', async () => {
    const { execute, log } = setUp()
    const id = someId()
    const origin = { ...from(), causationId: randomUUID() }
    await execute(jar, id, fill(1), origin)
    const [event] = await log.read(`jar-${id}`)
    expect(event?.metadata).toStrictEqual({ ...origin, schemaVersion: 1 })
  })

  test('on a cached stream costs one append and no read', async () => {
    const { execute, asked } = setUp()
    const id = someId()
    await execute(jar, id, fill(9), from())
    const before = { ...asked }
    for (let n = 0; n < 5; n++) await execute(jar, id, take, from())
    expect(asked).toStrictEqual({ reads: before.reads, appends: before.appends + 5 })
  })

  test('shares its append with commands that wait for the same stream, each with its own answer', async () => {
    const { execute, asked } = setUp()
    const id = someId()
    await execute(jar, id, fill(100), from())
    const before = asked.appends
    const answers = await Promise.all(
      Array.from({ length: 150 }, () => execute(jar, id, take, from())),
    )
    expect(answers.filter(isRefusal).length).toBe(50)
    const revisions = answers.flatMap((answer) => (isRefusal(answer) ? [] : [answer.revision]))
    expect(revisions).toStrictEqual(Array.from({ length: 100 }, (_, n) => n + 1))
    expect.assert(asked.appends - before < 10, `${asked.appends - before} appends`)
  })

  test('is refused only on the present state, also when another process recorded it', async () => {
    const { execute, another } = setUp()
    const elsewhere = another()
    const id = someId()
    expect.assert(isRefusal(await execute(jar, id, take, from())))
    await elsewhere.execute(jar, id, fill(1), from())
    expect.assert(!isRefusal(await execute(jar, id, take, from())))
  })

  test('that is refused costs one read, and so does a read of the state, whether other processes have written or not', async () => {
    const { execute, stateOf, asked, another } = setUp()
    const elsewhere = another()
    const id = someId()
    const readsOf = async (ask: () => Promise<unknown>) => {
      const before = asked.reads
      await ask()
      return asked.reads - before
    }
    await elsewhere.execute(jar, id, fill(1), from())
    expect(await readsOf(() => stateOf(jar, id))).toBe(1)
    await elsewhere.execute(jar, id, fill(1), from())
    expect(await readsOf(() => stateOf(jar, id))).toBe(1)
    expect(await readsOf(() => stateOf(jar, id))).toBe(1)
    await elsewhere.execute(jar, id, take, from())
    await elsewhere.execute(jar, id, take, from())
    await execute(jar, id, fill(0), from()).catch(() => undefined)
    expect(await readsOf(() => execute(jar, id, take, from()))).toBe(1)
    expect((await stateOf(jar, id)).state.sweets).toBe(0)
  })

  test('notifies its sender when it is recorded or was recorded before, and not when it is refused', async () => {
    const { execute, another } = setUp()
    const id = someId()
    let notified = 0
    const origin = () => ({ ...from(), onRecorded: () => void (notified += 1) })
    const filling = origin()
    await execute(jar, id, fill(1), filling)
    expect(notified).toBe(1)
    await execute(jar, id, fill(1), filling)
    await another().execute(jar, id, fill(1), filling)
    expect(notified).toBe(3)

    await execute(jar, id, open, from())
    await execute(jar, id, open, origin())
    await execute(jar, id, take, from())
    expect.assert(isRefusal(await execute(jar, id, take, origin())))
    await expect(execute(jar, id, fill(1), origin(), { expectedRevision: 0 })).rejects.toThrow(
      Conflict,
    )
    await expect(execute(jar, id, fill(0), origin())).rejects.toThrow(EventRefused)
    expect(notified).toBe(3)
  })

  test('that meets a conflict is decided again on the recorded state', async () => {
    const { execute, another, log } = setUp()
    const others = [another(), another(), { execute }]
    const id = someId()
    await execute(jar, id, fill(10), from())
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => others[n % 3]!.execute(jar, id, take, from())),
    )
    expect(answers.filter(isRefusal).length).toBe(2)
    expect((await log.read(`jar-${id}`)).length).toBe(11)
  })

  test('fails with a conflict after its attempts when other processes keep writing', async () => {
    const { log, another } = setUp()
    const id = someId()
    const busy: EventLog = {
      ...log,
      append: async (stream, expected, events) => {
        const [head] = await log.read(stream, { direction: 'backwards', limit: 1 })
        const intruder = { ...events[0]!, eventId: randomUUID() }
        intruder.metadata = { ...intruder.metadata, commandId: randomUUID() }
        await log.append(stream, head ? head.revision : 'none', [intruder])
        return log.append(stream, expected, events)
      },
    }
    await expect(another({ log: busy }).execute(jar, id, fill(1), from())).rejects.toThrow(Conflict)
  })

  test('is decided only at the revision that its sender expects, if it names one', async () => {
    const { execute } = setUp()
    const id = someId()
    await execute(jar, id, fill(5), from())
    await expect(execute(jar, id, take, from(), { expectedRevision: 7 })).rejects.toSatisfy(
      ({ name, revision }: Conflict) => name === 'Conflict' && revision === 0,
    )
    const answer = await execute(jar, id, take, from(), { expectedRevision: 0 })
    expect.assert(!isRefusal(answer) && answer.revision === 1)
  })

  test('whose event does not match its schema fails alone', async () => {
    const { execute } = setUp()
    const id = someId()
    const answers = await Promise.allSettled([
      execute(jar, id, fill(1), from()),
      execute(jar, id, fill(0), from()),
      execute(jar, id, fill(3), from()),
    ])
    expect(answers.map(({ status }) => status)).toStrictEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect.assert((answers[1] as PromiseRejectedResult).reason instanceof EventRefused)
  })
})

describe('a command that is sent again', () => {
  test('has no second effect: in the same process, at the same time, or in another process', async () => {
    const { execute, another, log } = setUp()
    const id = someId()
    const origin = from()
    const answers = await Promise.all([
      execute(jar, id, fill(5), origin),
      execute(jar, id, fill(5), origin),
    ])
    answers.push(await execute(jar, id, fill(5), origin))
    answers.push(await another().execute(jar, id, fill(5), origin))
    for (const answer of answers) expect.assert(!isRefusal(answer) && answer.revision === 0)
    await execute(jar, id, take, from())
    expect.assert(!isRefusal(await another().execute(jar, id, fill(5), origin)))
    expect((await log.read(`jar-${id}`)).length).toBe(2)
  })

  test.for([
    ['was recorded before the connection broke', true],
    ['was lost with the connection', false],
  ] as const)('by the executor itself, when its append %s, has one effect', async ([, arrives]) => {
    const { log, another } = setUp()
    let cuts = 2
    const cutting: EventLog = {
      ...log,
      append: async (...args) => {
        if (cuts-- <= 0) return log.append(...args)
        if (arrives) await log.append(...args)
        throw new Unavailable('cut')
      },
    }
    const id = someId()
    const { execute } = another({ log: cutting })
    const [first, second] = await Promise.all([
      execute(jar, id, fill(3), from()),
      execute(jar, id, take, from()),
    ])
    expect.assert(!isRefusal(first) && !isRefusal(second))
    expect((await log.read(`jar-${id}`)).length).toBe(2)
  })

  test('fails as unavailable during an outage, and takes effect when the log is available again', async () => {
    const { log, another } = setUp()
    let away = true
    const reach = () => (away ? Promise.reject(new Unavailable('away')) : undefined)
    const { execute } = another({
      log: {
        ...log,
        read: async (...args) => (await reach()) ?? log.read(...args),
        append: async (...args) => (await reach()) ?? log.append(...args),
      },
    })
    const id = someId()
    const origin = from()
    await expect(execute(jar, id, fill(1), origin)).rejects.toThrow(Unavailable)
    away = false
    expect.assert(!isRefusal(await execute(jar, id, fill(1), origin)))
    expect((await log.read(`jar-${id}`)).length).toBe(1)
  })
})

describe('a long stream', () => {
  const long = async () => {
    const world = setUp()
    const id = someId()
    const origin = from()
    await world.execute(jar, id, open, origin)
    for (let n = 0; n < 1_200; n++) await world.execute(jar, id, fill(1), from())
    await world.idle()
    return { ...world, id, origin }
  }

  test('is loaded from its snapshot and the events after it', async () => {
    const { id, another, log } = await long()
    let events = 0
    const counting: EventLog = {
      ...log,
      read: async (...args) => {
        const read = await log.read(...args)
        events += read.length
        return read
      },
    }
    const { state } = await another({ log: counting }).stateOf(jar, id)
    expect(state).toStrictEqual({ open: true, sweets: 1_200 })
    expect.assert(events < 500, `${events} events were read`)
  })

  test('recognises a command that is sent again', async () => {
    const { id, another, log } = await long()
    const [last] = await log.read(`jar-${id}`, { direction: 'backwards', from: 700, limit: 1 })
    await another().execute(jar, id, fill(1), from(last!.metadata.commandId))
    expect((await another().stateOf(jar, id)).revision).toBe(1_200)
  })

  test('is read from its start when the snapshot has another version, or is lost', async () => {
    const { id, another } = await long()
    const state = { open: true, sweets: 1_200 }
    expect((await another().stateOf(jarOf(2), id)).state).toStrictEqual(state)
    expect((await another({ snapshots: memorySnapshots() }).stateOf(jar, id)).state).toStrictEqual(
      state,
    )
  })
})

test('the state of an instance is the present one, also when another process has written', async () => {
  const { stateOf, another } = setUp()
  const id = someId()
  expect(await stateOf(jar, id)).toStrictEqual({
    state: { open: false, sweets: 0 },
    revision: -1,
    position: 0n,
    events: [],
  })
  await another().execute(jar, id, fill(2), from())
  const { state, revision } = await stateOf(jar, id)
  expect([state, revision]).toStrictEqual([{ open: false, sweets: 2 }, 0])
})

test('a cached state is returned without a read to callers that accept it', async () => {
  const { execute, stateOf, another, asked } = setUp()
  const id = someId()
  await execute(jar, id, fill(2), from())
  await another().execute(jar, id, take, from())
  const { reads } = asked
  const kept = await stateOf(jar, id, { enough: ({ sweets }) => sweets > 1 })
  expect([kept.state.sweets, asked.reads]).toStrictEqual([2, reads])
  const present = await stateOf(jar, id, { enough: ({ sweets }) => sweets > 2 })
  expect(present.state.sweets).toBe(1)
  expect((await another().stateOf(jar, id, { enough: () => true })).state.sweets).toBe(1)
})

test('a command whose event cannot be folded does not affect the commands after it', async () => {
  const fragile = decider({
    name: 'fragile',
    id: JarId,
    commands: { Add: Nothing, AddAndBreak: Nothing },
    events: { Put: Nothing, Broke: Nothing },
    refusals: {},
  }).rules<number>({
    initialState: 0,
    decide: {
      Add: () => [{ type: 'Put', data: {} }],
      AddAndBreak: () => [
        { type: 'Put', data: {} },
        { type: 'Broke', data: {} },
      ],
    },
    evolve: {
      Put: (put) => put + 1,
      Broke: () => {
        throw new Error('a flaw in the rule')
      },
    },
  })
  const events = catalogue([fragile])
  const log = validatingLog(memoryEventLog(), events)
  const { execute } = executor({ log, snapshots: memorySnapshots(), catalogue: events })
  const id = someId()
  const command = (type: 'Add' | 'AddAndBreak') => execute(fragile, id, { type, data: {} }, from())
  // The first one is appended alone, the others share a batch.
  const [first, broken, last] = await Promise.allSettled(
    (['Add', 'AddAndBreak', 'Add'] as const).map(command),
  )
  expect([first?.status, broken?.status, last?.status]).toStrictEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect((await log.read(`fragile-${id}`)).length).toBe(2)
  const answer = last?.status === 'fulfilled' ? last.value : undefined
  expect.assert(answer && !isRefusal(answer))
  expect([answer.state, answer.revision]).toStrictEqual([2, 1])
})

test('a command sent again to another process is answered with its recorded events, not decided anew', async () => {
  const clocked = decider({
    name: 'clocked',
    id: JarId,
    commands: { Go: Nothing },
    events: { Went: Fields({ at: Type.String() }) },
    refusals: {},
  }).rules<string>({
    initialState: '',
    decide: { Go: (_, __, { now }) => [{ type: 'Went', data: { at: now } }] },
    evolve: { Went: (_, { at }) => at },
  })
  const events = catalogue([clocked])
  const log = validatingLog(memoryEventLog(), events)
  const at = (time: number) =>
    executor({
      log,
      snapshots: memorySnapshots(),
      catalogue: events,
      clock: () => new Date(time),
    })
  const [id, origin] = [someId(), from()]
  await at(0).execute(clocked, id, { type: 'Go', data: {} }, origin)
  const later = at(1_000)
  const again = await later.execute(clocked, id, { type: 'Go', data: {} }, origin)
  expect.assert(!isRefusal(again))
  expect([again.state, again.events]).toStrictEqual(['1970-01-01T00:00:00.000Z', []])
  expect((await later.stateOf(clocked, id)).state).toBe('1970-01-01T00:00:00.000Z')
})

test('cached states of the streams of a forgotten person are evicted, and read again at the next use', async () => {
  const { execute, forget, asked } = setUp()
  const [ada, eve] = [someId(), someId()]
  await execute(jar, ada, fill(1), from())
  await execute(jar, eve, fill(1), from())
  forget(ada)
  const before = asked.reads
  await execute(jar, eve, fill(1), from())
  expect(asked.reads).toBe(before)
  const answer = await execute(jar, ada, fill(1), from())
  expect.assert(!isRefusal(answer))
  expect(answer.state.sweets).toBe(2)
  expect.assert(asked.reads > before)
})

test('a command on a cached stream makes four promises besides those of the log, and no timer', async () => {
  let revision = 0
  const { execute } = setUp({
    ...memoryEventLog(),
    append: (_stream, _expected, events) => {
      revision += events.length
      return Promise.resolve({ revision: revision - 1, position: BigInt(revision) })
    },
  })
  const id = someId()
  await execute(jar, id, fill(1), from())
  const origins = Array.from({ length: 100 }, () => from())
  const { PROMISE: promises = 0, ...others } = await asyncCounts(async () => {
    for (const origin of origins) await execute(jar, id, fill(1), origin)
  })
  // Of each command, one is of this loop and one of the log.
  expect.assert(promises / origins.length <= 6.1, `${promises / origins.length} promises a command`)
  expect(others).toStrictEqual({})
})
