import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import {
  after,
  become,
  catalogue,
  decider,
  declarationOf,
  Fields,
  isRefusal,
  refuse,
  saga,
  send,
  type RecordedStep,
} from '#kernel'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { EventRefused, type EventLog, type NewEvent } from '../platform/storage/event-log/port.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { executor } from './execute.ts'
import { inputOf, type Timer } from './saga-input.ts'
import { sagaInstances } from './saga-instances.ts'

const By = Fields({ trip: Type.String() })

const trip = decider({
  name: 'trip',
  id: Type.String(),
  commands: { Plan: Fields({ notes: Type.Array(Type.String()) }) },
  events: { Planned: Fields({ notes: Type.Array(Type.String()) }) },
  refusals: {},
}).rules<number>({
  initialState: 0,
  decide: { Plan: (data) => [{ type: 'Planned', data }] },
  evolve: { Planned: (planned) => planned + 1 },
})

/** A bus with seats, as hot a stream as a product that everybody buys. */
const bus = decider({
  name: 'bus',
  id: Type.String(),
  commands: { AddSeats: Fields({ seats: Type.Integer() }), Book: By },
  events: { SeatsAdded: Fields({ seats: Type.Integer() }), Booked: By },
  refusals: { Full: 'There is no seat left.' },
}).rules<number>({
  initialState: 0,
  decide: {
    AddSeats: (data) => [{ type: 'SeatsAdded', data }],
    Book: (data, free) => (free > 0 ? [{ type: 'Booked', data }] : refuse('Full')),
  },
  evolve: { SeatsAdded: (free, { seats }) => free + seats, Booked: (free) => free - 1 },
})

/** Diaries of notes; an empty note does not match its schema. */
const diary = decider({
  name: 'diary',
  id: Type.String(),
  commands: { Write: Fields({ note: Type.String() }) },
  events: { Written: Fields({ note: Type.String({ minLength: 1 }) }) },
  refusals: {},
}).rules<number>({
  initialState: 0,
  decide: { Write: (data) => [{ type: 'Written', data }] },
  evolve: { Written: (notes) => notes + 1 },
})

/**
 * Books a seat on the one bus, writes notes into a diary of its own, and writes there when the bus is full. A note may ask
 * for another seat, after the booking; one of another trip (`again`) is ignored where none was before.
 */
const touring = saga({
  name: 'touring',
  subject: 'Tour',
  from: [trip],
  to: [bus, diary],
  key: ({ id }) => id,
}).rules<number>({
  initialState: 0,
  on: {
    Planned: (planned, { id, data: { notes } }) =>
      planned === 0 && notes.includes('again')
        ? become(planned)
        : become(
            planned + 1,
            send(bus, 'all', 'Book', { trip: id }),
            ...notes.map((note) =>
              note === 'enlarge'
                ? send(bus, 'all', 'AddSeats', { seats: 1 })
                : send(diary, id, 'Write', { note }),
            ),
            after(1_000, send(diary, id, 'Write', { note: 'late' })),
          ),
  },
  refused: {
    Book: (planned, { data: { trip: id } }) =>
      become(planned, send(diary, id, 'Write', { note: 'full' })),
  },
})

const deciders = [trip, bus, diary]
const declared = catalogue([...deciders, declarationOf(touring)])
const origin = () => ({ commandId: randomUUID(), actorId: 'ann', correlationId: randomUUID() })

/** A log with an executor of its own: its events are not in the caches of the processes under test. */
const setUp = () => {
  const log = validatingLog(memoryEventLog(), declared)
  const elsewhere = executor({ log, snapshots: memorySnapshots(), catalogue: declared })
  const addSeats = (seats: number) =>
    elsewhere.execute(bus, 'all', { type: 'AddSeats', data: { seats } }, origin())
  /** Records a new trip. @returns its event */
  const plan = async (id: string, ...notes: string[]) => {
    await elsewhere.execute(trip, id, { type: 'Plan', data: { notes } }, origin())
    const [planned] = await log.read(`trip-${id}`, { direction: 'backwards', limit: 1 })
    return inputOf(planned!)
  }

  /** Starts a process. Its appends are listed by their streams, without checks. */
  const start = (under: EventLog = log) => {
    const appends: string[] = []
    const counts = { reads: 0 }
    const { appendTogether } = under
    const itsLog: EventLog = {
      ...under,
      read: (...args) => {
        counts.reads += 1
        return under.read(...args)
      },
      append: (stream, ...rest) => {
        appends.push(stream)
        return under.append(stream, ...rest)
      },
      ...(appendTogether && {
        appendTogether: (group) => {
          const written = group.filter(({ events }) => events.length > 0)
          appends.push(written.map(({ stream }) => stream).join(' + '))
          return appendTogether(group)
        },
      }),
    }
    const timers: Timer[] = []
    const its = executor({ log: itsLog, snapshots: memorySnapshots(), catalogue: declared })
    const { readAgain, ...instances } = sagaInstances(touring, {
      log: itsLog,
      executor: its,
      deciders: new Map(deciders.map((one) => [one.name as string, one])),
      catalogue: declared,
      clock: () => new Date(),
    })
    const drive = async (...args: Parameters<typeof instances.drive>): Promise<void> =>
      void timers.push(...(await instances.drive(...args)))
    return { drive, fire: instances.fire, readAgain, appends, counts, timers, ...its }
  }
  const bookings = async () => {
    const events = await log.read('bus-all')
    return events.flatMap(({ type, data }) =>
      type === 'Booked' ? [(data as { trip: string }).trip] : [],
    )
  }
  const notes = async (id: string) =>
    (await log.read(`diary-${id}`)).map(({ data }) => (data as { note: string }).note)
  const moves = async (id: string) => (await log.read(`touring-${id}`)).map(({ type }) => type)
  return { log, elsewhere, addSeats, plan, start, bookings, notes, moves }
}

/** A log without appends over several streams. */
const withoutTogether = (log: EventLog): EventLog => {
  const { appendTogether: _, ...rest } = log
  return rest
}

/** Lets something happen right before the first appends of groups. */
const before = (log: EventLog, happens: () => Promise<unknown>, times = 1): EventLog => {
  let left = times
  return {
    ...log,
    appendTogether: async (group) => {
      if (left-- > 0) await happens()
      return log.appendTogether!(group)
    },
  }
}

describe('a move and its commands', () => {
  test('are one append where their streams are known or new, the move first', async () => {
    const { log, addSeats, plan, start, notes, bookings } = setUp()
    await addSeats(5)
    const { drive, appends, counts, timers, execute } = start()
    // The bus is cached in this process now.
    await execute(bus, 'all', { type: 'AddSeats', data: { seats: 1 } }, origin())
    appends.length = 0
    counts.reads = 0
    const input = await plan('a', 'sunny')
    const from = await log.head()
    await drive('a', input)
    expect([appends, counts.reads]).toEqual([['touring-a + bus-all + diary-a'], 0])
    const { events } = await log.readAll({ after: from })
    expect(events.map(({ type }) => type)).toEqual(['TourSagaStarted', 'Booked', 'Written'])
    expect(timers.map(({ step }) => step.type)).toEqual(['Write'])
    await drive('a', input)
    expect([await bookings(), await notes('a')]).toEqual([['a'], ['sunny']])
  })

  test('are recorded with the same events as one after the other', async () => {
    const recorded = async (using: (log: EventLog) => EventLog) => {
      const { log, plan, start } = setUp()
      const { drive, execute } = start(using(log))
      await execute(bus, 'all', { type: 'AddSeats', data: { seats: 1 } }, origin())
      const input = await plan('a', 'sunny', 'windy')
      const from = await log.head()
      await drive('a', { ...input, id: 'input', correlationId: 'request', causationId: 'event' })
      const { events } = await log.readAll({ after: from })
      return events.map(({ eventId, stream, revision, data, metadata }) => ({
        eventId,
        stream,
        revision,
        data,
        metadata,
      }))
    }
    const linked = await recorded((log) => log)
    expect(linked).toHaveLength(4)
    expect(linked).toEqual(await recorded(withoutTogether))
  })

  test('to one stream are recorded in their order', async () => {
    const { addSeats, plan, start, notes } = setUp()
    await addSeats(5)
    const { drive, appends } = start()
    await drive('a', await plan('a', 'one', 'two', 'three'))
    expect(await notes('a')).toEqual(['one', 'two', 'three'])
    expect(appends[0]).toBe('touring-a + diary-a + diary-a + diary-a')
  })

  test('to one stream are decided in their order, also where the first is refused', async () => {
    const { plan, start, notes, log } = setUp()
    const { drive, execute } = start()
    await execute(bus, 'all', { type: 'AddSeats', data: { seats: 0 } }, origin())
    await drive('a', await plan('a', 'enlarge'))
    expect(await notes('a')).toEqual(['full'])
    expect((await log.read('bus-all')).map(({ type }) => type)).toEqual([
      'SeatsAdded',
      'SeatsAdded',
    ])
  })

  test('are recorded one after the other in a log that cannot append together', async () => {
    const { log, addSeats, plan, start, notes, bookings } = setUp()
    await addSeats(5)
    const { drive, appends, timers } = start(withoutTogether(log))
    await drive('a', await plan('a', 'sunny'))
    expect(appends).toEqual(['touring-a', 'diary-a', 'bus-all'])
    expect([await bookings(), await notes('a'), timers.length]).toEqual([['a'], ['sunny'], 1])
  })

  test('are recorded one after the other where the group is refused', async () => {
    const { log, addSeats, plan, start, notes, bookings, moves } = setUp()
    const { drive, appends, execute } = start(before(log, () => addSeats(1)))
    await execute(bus, 'all', { type: 'AddSeats', data: { seats: 1 } }, origin())
    appends.length = 0
    await drive('a', await plan('a', 'sunny'))
    expect(appends.slice(0, 2)).toEqual(['touring-a + bus-all + diary-a', 'touring-a'])
    expect(appends.slice(2).toSorted()).toEqual(['bus-all', 'diary-a'])
    expect([await bookings(), await notes('a')]).toEqual([['a'], ['sunny']])
    expect(await moves('a')).toEqual(['TourSagaStarted'])
    // Nothing is left reserved, and all is known.
    await drive('b', await plan('b', 'sunny'))
    expect(appends.at(-1)).toBe('touring-b + bus-all + diary-b')
  })

  test('are decided again where another process has recorded a move', async () => {
    const { addSeats, plan, start, bookings, moves } = setUp()
    await addSeats(5)
    const [here, there] = [start(), start()]
    await here.drive('a', await plan('a', 'one'))
    await there.drive('a', await plan('a', 'two'))
    here.appends.length = 0
    await here.drive('a', await plan('a', 'three'))
    // Refused as a group, and not once more alone before the run is read.
    expect(here.appends.filter((streams) => streams === 'touring-a')).toHaveLength(1)
    expect(await moves('a')).toEqual([
      'TourSagaStarted',
      'TourSagaStepCompleted',
      'TourSagaStepCompleted',
    ])
    expect(await bookings()).toEqual(['a', 'a', 'a'])
  })

  test('fail alone where the log rejects an event, and the other streams go on', async () => {
    const { addSeats, plan, start, bookings, notes, moves, log } = setUp()
    const { drive, execute } = start()
    await execute(bus, 'all', { type: 'AddSeats', data: { seats: 1 } }, origin())
    const input = await plan('a', '')
    await expect(drive('a', input)).rejects.toThrow(EventRefused)
    expect([await moves('a'), await bookings()]).toEqual([['TourSagaStarted'], ['a']])
    await addSeats(1)
    expect.assert(
      !isRefusal(await execute(bus, 'all', { type: 'Book', data: { trip: 'b' } }, origin())),
    )
    expect.assert(
      !isRefusal(await execute(diary, 'a', { type: 'Write', data: { note: 'x' } }, origin())),
    )
    expect([await notes('a'), (await log.read('bus-all')).length]).toEqual([['x'], 4])
  })
})

test('a refused command is compensated, and its compensation is recorded with that move', async () => {
  const { plan, start, notes, moves } = setUp()
  const { drive, appends } = start()
  await drive('a', await plan('a'))
  expect(await notes('a')).toEqual(['full'])
  expect(await moves('a')).toEqual(['TourSagaStarted', 'TourSagaCompensated'])
  expect(appends).toEqual(['touring-a', 'touring-a + diary-a'])
})

test('concurrent runs on one hot stream all end as they should, and nothing is sent twice', async () => {
  const { log, elsewhere, plan, start, bookings, notes, moves } = setUp()
  // Another process takes a seat right before every third group is recorded.
  const outcomes: boolean[] = []
  const { drive, execute } = start({
    ...log,
    appendTogether: async (group) => {
      const isToBus = group.some(({ stream }) => stream === 'bus-all')
      if (isToBus && outcomes.length % 3 === 1) {
        const data = { trip: `other-${outcomes.length}` }
        await elsewhere.execute(bus, 'all', { type: 'Book', data }, origin())
      }
      const outcome = await log.appendTogether!(group)
      if (isToBus) outcomes.push(outcome.recorded)
      return outcome
    },
  })
  await execute(bus, 'all', { type: 'AddSeats', data: { seats: 40 } }, origin())
  const ids = Array.from({ length: 60 }, (_, n) => `t${n}`)
  const inputs = await Promise.all(ids.map((id) => plan(id, 'sunny')))
  const driveAll = async () => {
    for (let at = 0; at < 60; at += 6)
      await Promise.all(ids.slice(at, at + 6).map((id, n) => drive(id, inputs[at + n]!)))
  }
  await driveAll()
  await driveAll()

  const booked = await bookings()
  expect(booked).toHaveLength(40)
  expect(new Set(booked).size).toBe(40)
  for (const id of ids) {
    const isFull = !booked.includes(id)
    expect((await notes(id)).toSorted()).toEqual(isFull ? ['full', 'sunny'] : ['sunny'])
    expect(await moves(id)).toHaveLength(isFull ? 2 : 1)
  }
  expect(new Set(outcomes)).toEqual(new Set([true, false]))
})

describe('a run that is cut off', () => {
  /** Breaks at the nth append, before or after it was recorded, and stays broken. */
  const breaking = (log: EventLog, at: number, arrives: boolean): EventLog => {
    let appends = 0
    const cut = async <T>(append: () => Promise<T>): Promise<T> => {
      appends += 1
      if (appends === at && arrives) await append()
      if (appends >= at) throw new Unavailable('cut')
      return append()
    }
    return {
      ...log,
      append: (...args) => cut(() => log.append(...args)),
      ...(log.appendTogether && {
        appendTogether: (group) => cut(() => log.appendTogether!(group)),
      }),
      read: async (...args) => {
        if (appends >= at) throw new Unavailable('cut')
        return log.read(...args)
      },
    }
  }

  test.for([
    ['in one append', true, (log: EventLog) => log],
    ['in one append', false, (log: EventLog) => log],
    ['one after the other', true, withoutTogether],
    ['one after the other', false, withoutTogether],
  ] as const)(
    'sends what is missing and nothing twice, its move and its commands going %s (recorded: %s)',
    async ([, arrives, using]) => {
      for (let at = 1; at <= 5; at += 1) {
        const { log, addSeats, plan, start, notes, bookings, moves } = setUp()
        await addSeats(5)
        const input = await plan('a', 'one', 'two')
        const broken = start(breaking(using(log), at, arrives))
        await broken.drive('a', input).catch((error: unknown) => {
          if (!(error instanceof Unavailable)) throw error
        })
        const { drive, timers } = start(using(log))
        await drive('a', input)
        const what = `cut at append ${at}`
        expect(await bookings(), what).toStrictEqual(['a'])
        expect(await notes('a'), what).toStrictEqual(['one', 'two'])
        expect(await moves('a'), what).toStrictEqual(['TourSagaStarted'])
        expect(timers.length, what).toBe(1)
      }
    },
  )

  test('reads what was recorded when the log is available again', async () => {
    for (const arrives of [true, false]) {
      const { log, addSeats, plan, start, notes, bookings, elsewhere } = setUp()
      let cuts = 1
      const { drive, execute } = start({
        ...log,
        appendTogether: async (group) => {
          if (cuts-- <= 0) return log.appendTogether!(group)
          if (arrives) await log.appendTogether!(group)
          await elsewhere.execute(bus, 'all', { type: 'Book', data: { trip: 'x' } }, origin())
          throw new Unavailable('cut')
        },
      })
      await addSeats(1)
      await execute(bus, 'all', { type: 'AddSeats', data: { seats: 2 } }, origin())
      await drive('a', await plan('a', 'one', 'two'))
      expect((await bookings()).toSorted()).toEqual(['a', 'x'])
      expect(await notes('a')).toEqual(['one', 'two'])
    }
  })
})

test('the commands of a move that was recorded alone are sent', async () => {
  const { log, addSeats, plan, start, notes, bookings } = setUp()
  await addSeats(1)
  const input = await plan('a', 'one')
  // As left behind by a process that was killed between the two steps.
  const alone: NewEvent[] = []
  const dying = start({
    ...withoutTogether(log),
    append: async (stream, expected, events) => {
      if (!stream.startsWith('touring')) throw new Unavailable('killed')
      alone.push(...events)
      return log.append(stream, expected, events)
    },
  })
  await expect(dying.drive('a', input)).rejects.toThrow(Unavailable)
  expect([alone.length, await bookings()]).toEqual([1, []])
  const { drive, appends } = start()
  await drive('a', input)
  // The group is refused; nothing is recorded with it.
  expect(appends[0]).toBe('touring-a + diary-a')
  expect(appends.slice(1)).toContain('diary-a')
  expect([await bookings(), await notes('a')]).toEqual([['a'], ['one']])
})

describe('a refusal that was compensated', () => {
  test.for([
    ['together', (log: EventLog) => log],
    ['one after the other', withoutTogether],
  ] as const)(
    'is final after a crash, even if the command would be taken now (appends %s)',
    async ([, using]) => {
      const { log, addSeats, plan, start, bookings, notes, moves } = setUp()
      const input = await plan('a', 'sunny')
      await start(using(log)).drive('a', input)
      const recorded = async () => [await bookings(), await notes('a'), await moves('a')]
      const before = await recorded()
      expect(before[0]).toEqual([])
      expect(before[1]).toContain('full')
      await addSeats(1)
      // The checkpoint was not saved: another process receives the trip again.
      await start(using(log)).drive('a', input)
      expect(await recorded()).toEqual(before)
    },
  )

  test('is final for a process that read the run before another one recorded the compensation', async () => {
    const { log, addSeats, plan, start, bookings, notes } = setUp()
    const input = await plan('a')
    const taking = start()
    const outcomes: unknown[] = []
    // A timer that may not fire yet makes this process read the run between the move and its compensation.
    const other = start({
      ...withoutTogether(log),
      append: async (stream, expected, events) => {
        const appended = await log.append(stream, expected, events)
        if (events.some(({ type }) => type === 'TourSagaStarted')) {
          const step = (events[0]!.data as { steps: RecordedStep[] }).steps.at(-1)!
          const timer = { kind: 'timer', id: `timer:${step.id}`, step } as const
          const ids = { correlationId: 'request', causationId: step.id }
          outcomes.push(await taking.fire('a', { ...timer, ...ids }, async () => false))
        }
        return appended
      },
    })
    await other.drive('a', input)
    expect(outcomes).toEqual([undefined])
    expect(await notes('a')).toEqual(['full'])
    await addSeats(1)
    await taking.drive('a', input)
    expect([await bookings(), await notes('a')]).toEqual([[], ['full']])
  })

  test('has its compensation sent after an outage, and the refused command is not sent', async () => {
    const { log, addSeats, plan, start, bookings, notes, moves } = setUp()
    // Unavailable once the compensation is recorded, without its command.
    let isAway = false
    const away = async <T>(call: () => Promise<T>): Promise<T> => {
      if (isAway) throw new Unavailable('away')
      return call()
    }
    const { drive } = start({
      ...withoutTogether(log),
      append: (stream, expected, events) =>
        away(async () => {
          const appended = await log.append(stream, expected, events)
          isAway = events.some(({ type }) => type === 'TourSagaCompensated')
          return appended
        }),
      read: (...args) => away(() => log.read(...args)),
    })
    const input = await plan('a')
    await expect(drive('a', input)).rejects.toThrow(Unavailable)
    expect([await moves('a'), await notes('a')]).toEqual([
      ['TourSagaStarted', 'TourSagaCompensated'],
      [],
    ])
    isAway = false
    await addSeats(1)
    await drive('a', input)
    expect([await bookings(), await notes('a')]).toEqual([[], ['full']])
    expect(await moves('a')).toEqual(['TourSagaStarted', 'TourSagaCompensated'])
  })
})

test('a run with moves of another process is read before an event is skipped', async () => {
  const { addSeats, plan, start, notes } = setUp()
  await addSeats(2)
  const [here, there] = [start(), start()]
  // Nothing of the run is recorded yet when this process reads it, for a timer of another version, say.
  const step = { id: 'step', to: 'diary', target: 'a', type: 'Write', data: {}, wait: 1 }
  const timer = { kind: 'timer', id: 'timer:step', step } as const
  await here.fire('a', { ...timer, correlationId: 'c', causationId: 'c' }, async () => false)
  await there.drive('a', await plan('a', 'sunny'))
  const again = await plan('a', 'again')
  here.readAgain()
  await here.drive('a', again)
  expect(await notes('a')).toEqual(['sunny', 'again'])
})

test.for([
  ['with drafts', 'sunny'],
  ['alone', undefined],
] as const)(
  'a run that is taken for new is read before anything is sent, its move being appended %s',
  async ([, note]) => {
    const { log, addSeats, plan, start } = setUp()
    const input = await plan('a', ...(note === undefined ? [] : [note]))
    await start().drive('a', input)
    await addSeats(1)
    const from = await log.head()
    const calls: string[] = []
    const { drive } = start({
      ...log,
      append: async (stream, expected, events) => {
        calls.push(`append ${stream}`)
        return log.append(stream, expected, events)
      },
      appendTogether: async (group) => {
        const outcome = await log.appendTogether!(group)
        calls.push(outcome.recorded ? 'recorded' : 'refused')
        return outcome
      },
      read: async (stream, ...rest) => {
        calls.push(`read ${stream}`)
        return log.read(stream, ...rest)
      },
    })
    await drive('a', input)
    expect(calls.slice(0, 2)).toEqual([
      note === undefined ? 'append touring-a' : 'refused',
      'read touring-a',
    ])
    expect((await log.readAll({ after: from })).events).toEqual([])
  },
)
