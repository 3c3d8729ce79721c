import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test, vi } from 'vitest'
import {
  after,
  become,
  catalogue,
  decider,
  declarationOf,
  end,
  Fields,
  Nothing,
  refuse,
  rest,
  saga,
  send,
  type AnyDecider,
  type AnySaga,
  type SagaMoved,
} from '#kernel'
import { folding } from '#kernel/testing'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventReaders } from '../platform/storage/event-readers/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryQueue } from '../platform/messaging/queue/memory.ts'
import type { Queue } from '../platform/messaging/queue/port.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { commandOf, wholeVersion } from '../platform/storage/event-readers/port.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { executor } from './execute.ts'
import { openFeed } from './feed.ts'
import { orchestrate, timersQueue, wakeSagas } from './orchestrate.ts'
import type { Timer } from './saga-input.ts'
import { sagaOverview } from './saga-overview.ts'

// A journey books a seat and a bed; without a bed the seat is given back. It is called off when not paid in time.
const journey = decider({
  name: 'journey',
  id: Type.String(),
  commands: { Plan: Fields({ nights: Type.Integer() }), Confirm: Nothing, CallOff: Nothing },
  events: {
    JourneyPlanned: Fields({ nights: Type.Integer() }),
    JourneyConfirmed: Nothing,
    JourneyCalledOff: Nothing,
  },
  refusals: { Settled: 'It is settled.' },
}).rules<string>({
  initialState: 'new',
  decide: {
    Plan: (data) => [{ type: 'JourneyPlanned', data }],
    Confirm: (_, is) =>
      is === 'planned' ? [{ type: 'JourneyConfirmed', data: {} }] : refuse('Settled'),
    CallOff: (_, is) =>
      is === 'planned' ? [{ type: 'JourneyCalledOff', data: {} }] : refuse('Settled'),
  },
  evolve: {
    JourneyPlanned: () => 'planned',
    JourneyConfirmed: () => 'confirmed',
    JourneyCalledOff: () => 'called off',
  },
})

/** Counts: a command that takes effect twice is seen. */
const seats = decider({
  name: 'seats',
  id: Type.String(),
  commands: {
    BookSeat: Fields({ journey: Type.String() }),
    FreeSeat: Fields({ journey: Type.String() }),
  },
  events: {
    SeatBooked: Fields({ journey: Type.String() }),
    SeatFreed: Fields({ journey: Type.String() }),
  },
  refusals: {},
}).rules<number>({
  initialState: 0,
  decide: {
    BookSeat: (data) => [{ type: 'SeatBooked', data }],
    FreeSeat: (data) => [{ type: 'SeatFreed', data }],
  },
  evolve: { SeatBooked: (booked) => booked + 1, SeatFreed: (booked) => booked - 1 },
})

const beds = decider({
  name: 'beds',
  id: Type.String(),
  commands: { BookBed: Fields({ journey: Type.String(), nights: Type.Integer() }) },
  events: { BedBooked: Fields({ journey: Type.String() }) },
  refusals: { Full: 'There is no bed.' },
}).rules<number>({
  initialState: 0,
  decide: {
    BookBed: ({ journey, nights }, booked) =>
      nights > 7 ? refuse('Full') : booked < 0 ? [] : [{ type: 'BedBooked', data: { journey } }],
  },
  evolve: { BedBooked: (booked) => booked + 1 },
})

type Flaw = { broken: boolean }
type State = { seat: boolean; bed: boolean }

const travel = (flaw: Flaw, patience: number) =>
  saga({
    name: 'travel',
    subject: 'Journey',
    from: [journey, seats, beds],
    to: [journey, seats, beds],
    key: (event) => ('journey' in event.data ? event.data.journey : event.id),
  }).rules<State>({
    initialState: { seat: false, bed: false },
    on: {
      JourneyPlanned: (state, { id, data: { nights } }) =>
        become(
          { ...state },
          send(seats, 'all', 'BookSeat', { journey: id }),
          send(beds, 'all', 'BookBed', { journey: id, nights }),
          after(patience, send(journey, id, 'CallOff')),
        ),
      SeatBooked: (state, { data }) => {
        if (flaw.broken && data.journey === 'cursed') throw new Error('a flaw in the rule')
        const next = { ...state, seat: true }
        if (!next.bed) return become(next)
        return become(
          next,
          ...(data.journey.startsWith('slow') ? [] : [send(journey, data.journey, 'Confirm')]),
        )
      },
      BedBooked: (state, { data }) => {
        const next = { ...state, bed: true }
        if (!next.seat) return become(next)
        return become(
          next,
          ...(data.journey.startsWith('slow') ? [] : [send(journey, data.journey, 'Confirm')]),
        )
      },
      JourneyConfirmed: (state) => end(state),
      JourneyCalledOff: (state, { id }) =>
        end(
          { ...state, seat: false },
          ...(state.seat ? [send(seats, 'all', 'FreeSeat', { journey: id })] : []),
        ),
    },
    refused: {
      BookBed: (state, { data: { journey: id } }) =>
        become({ ...state }, send(journey, id, 'CallOff')),
    },
  })

/** Confirms a journey once it was planned so many times, and then books it with the number of all plans by then. */
const countingPlans = (enough: number) =>
  saga({
    name: 'travel',
    subject: 'Journey',
    from: [journey],
    to: [journey, seats],
    key: ({ id }) => id,
  }).rules<number>({
    initialState: 0,
    on: {
      JourneyPlanned: (before, { id }) => {
        const plans = before + 1
        return plans === enough ? become(plans, send(journey, id, 'Confirm')) : become(plans)
      },
      JourneyConfirmed: (plans, { id }) =>
        end(plans, send(seats, 'all', 'BookSeat', { journey: `${id} planned ${plans} times` })),
    },
  })

/** A log and stores, on which several runtimes can run, as several processes would. */
const world = ({
  flaw = { broken: false },
  patience = 60_000,
  theSaga = travel(flaw, patience) as AnySaga,
  knows = [journey, seats, beds] as readonly AnyDecider[],
} = {}) => {
  const declared = catalogue([journey, seats, beds, declarationOf(theSaga)])
  const log = validatingLog(memoryEventLog(), declared)
  const checkpoints = memoryCheckpoints()
  const letters = memoryDeadLetters()
  const leases = memoryLeases()
  const control = memoryControl()
  const readers = memoryEventReaders()
  let ahead = 0
  const now = () => Date.now() + ahead
  const queue = memoryQueue({ now })
  const snapshots = memorySnapshots()
  const deciders = new Map(knows.map((one) => [one.name, one]))
  const origin = () => ({ commandId: randomUUID(), correlationId: randomUUID(), actorId: 'ann' })
  const { execute, stateOf } = executor({ log, snapshots, catalogue: declared })

  /** One process; its connections to the log and to the queue may be ones that break, and its feed one that is late. */
  const start = async (itsLog: EventLog = log, itsQueue: Queue = queue, fedBy: EventLog = log) => {
    const stop = new AbortController()
    const feed = await openFeed(fedBy)
    const errors: unknown[] = []
    const its = executor({ log: itsLog, snapshots, catalogue: declared })
    const running = orchestrate(theSaga, {
      log: itsLog,
      feed,
      executor: its,
      deciders,
      catalogue: declared,
      queue: itsQueue,
      leases,
      checkpoints,
      letters,
      control,
      readers,
      clock: () => new Date(now()),
      onError: (error) => errors.push(error),
    })
    const worker = await wakeSagas(queue, [running], { clock: () => new Date(now()) })
    const over = running.run(stop.signal)
    return {
      errors,
      wake: running.wake,
      head: feed.head,
      execute: its.execute,
      /** Commands of the process itself. */
      plan: (id: string) =>
        its.execute(journey, id, { type: 'Plan', data: { nights: 2 } }, origin()),
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await Promise.all([over, worker.stop()])
        await feed.close()
      },
    }
  }

  return {
    log,
    letters,
    control,
    leases,
    queue,
    /** Lets time pass for timers; workers look at it when they start, and every 2 s. @param ms */
    pass: (ms: number) => void (ahead += ms),
    timers: async () => (await queue.counts(timersQueue)).delayed,
    readers,
    start,
    plan: (id: string, nights = 2) =>
      execute(journey, id, { type: 'Plan', data: { nights } }, origin()),
    callOff: (id: string) => execute(journey, id, { type: 'CallOff', data: {} }, origin()),
    fate: async (id: string) => (await stateOf(journey, id)).state,
    booked: async () => (await stateOf(seats, 'all')).state,
    origin,
    moves: async (id: string) =>
      (await log.read(`travel-${id}`)).map(({ type, data }) => {
        const { input, steps } = data as SagaMoved
        return `${type} on ${input.type}: ${steps.map((step) => step.type).join(', ') || '-'}`
      }),
  }
}

describe('a saga', () => {
  test('sends the commands of its rules until it ends', async () => {
    const { start, plan, fate, booked, moves } = world()
    await using _ = await start()
    await plan('j1')
    await expect.poll(() => fate('j1')).toBe('confirmed')
    await expect.poll(async () => (await moves('j1')).length).toBe(4)
    const [first, ...rest] = await moves('j1')
    expect(first).toBe('JourneySagaStarted on JourneyPlanned: BookSeat, BookBed, CallOff')
    expect(rest.at(-1)).toBe('JourneySagaCompleted on JourneyConfirmed: -')
    expect(await booked()).toBe(1)
  })

  test('receives a refusal as an input, and compensates', async () => {
    const { start, plan, fate, booked, moves } = world()
    await using _ = await start()
    await plan('long', 30)
    await expect.poll(() => fate('long')).toBe('called off')
    await expect.poll(() => booked()).toBe(0)
    expect.assert((await moves('long')).includes('JourneySagaCompensated on BookBed: CallOff'))
  })

  test('records the request that started it, and the cause of each command', async () => {
    const { start, plan, fate, log } = world()
    await using _ = await start()
    await plan('j1')
    await expect.poll(() => fate('j1')).toBe('confirmed')
    const [planned, confirmed] = await log.read('journey-j1')
    const [started] = await log.read('travel-j1')
    const [seat] = await log.read('seats-all')
    expect(started?.metadata.causationId).toBe(planned?.eventId)
    expect(seat?.metadata.causationId).toBe(started?.eventId)
    for (const event of [started, seat, confirmed])
      expect(event?.metadata.correlationId).toBe(planned?.metadata.correlationId)
    expect(confirmed?.metadata.actorId).toBe('travel')
  })

  test('has many concurrent runs, each with its own state', async () => {
    const { start, plan, fate, booked } = world()
    await using _ = await start()
    const ids = Array.from({ length: 120 }, (_, n) => `j${n}`)
    await Promise.all(ids.map((id, n) => plan(id, n % 3 === 0 ? 30 : 2)))
    await expect
      .poll(async () => (await Promise.all(ids.map(fate))).filter((is) => is !== 'planned').length)
      .toBe(120)
    const fates = await Promise.all(ids.map(fate))
    expect(fates.filter((is) => is === 'confirmed').length).toBe(80)
    await expect.poll(booked).toBe(80)
  })
})

const hour = 3_600_000

describe('a timer', () => {
  test('sends its command when it is due', async () => {
    const { start, plan, fate, booked, moves } = world({ patience: 30 })
    await using _ = await start()
    await plan('slow')
    await expect.poll(() => fate('slow')).toBe('called off')
    await expect.poll(booked).toBe(0)
    expect.assert((await moves('slow')).includes('JourneySagaStepCompleted on CallOff: CallOff'))
  })

  test('fires after its process has ended', async () => {
    const { start, plan, fate, moves, pass } = world({ patience: hour })
    {
      await using _ = await start()
      await plan('slow')
      await expect.poll(async () => (await moves('slow')).length).toBe(3)
    }
    expect(await fate('slow')).toBe('planned')
    pass(hour)
    await using _ = await start()
    await expect.poll(() => fate('slow')).toBe('called off')
  })

  test('that fires after the end of its run does nothing', async () => {
    const { start, plan, fate, moves, pass, queue } = world({ patience: hour })
    {
      await using _ = await start()
      await plan('j1')
      await plan('slow')
      await expect.poll(() => fate('j1')).toBe('confirmed')
      await expect.poll(async () => (await moves('j1')).length).toBe(4)
      await expect.poll(async () => (await moves('slow')).length).toBe(3)
    }
    pass(hour)
    await using _ = await start()
    await expect.poll(() => fate('slow')).toBe('called off')
    await expect
      .poll(() => queue.counts(timersQueue))
      .toEqual({ waiting: 0, delayed: 0, active: 0, parked: 0 })
    expect(await fate('j1')).toBe('confirmed')
    expect.assert(!(await moves('j1')).some((move) => move.includes('on CallOff')))
  })
})

/** Breaks at the nth append, before or after it is recorded, and stays broken. */
const breaking = (log: EventLog, at: number, arrives: boolean): EventLog => {
  let appends = 0
  const cut = async <T>(append: () => Promise<T>): Promise<T> => {
    appends += 1
    if (appends === at && arrives) await append()
    if (appends >= at) throw new Unavailable('cut')
    return append()
  }
  const { appendTogether } = log
  return {
    ...log,
    append: (...args) => cut(() => log.append(...args)),
    ...(appendTogether && { appendTogether: (group) => cut(() => appendTogether(group)) }),
    read: async (...args) => {
      if (appends >= at) throw new Unavailable('cut')
      return log.read(...args)
    },
  }
}

/** A log whose engine has no transaction over streams. */
const withoutTogether = (log: EventLog): EventLog => {
  const { appendTogether: _, ...rest } = log
  return rest
}

describe('a timer that is being added', () => {
  /** A queue to which nothing can be added, as long as `is` says so. */
  const awayQueue = (queue: Queue, is: () => boolean): Queue => ({
    ...queue,
    add: async (...jobs) => {
      if (is()) throw new Unavailable('away')
      return queue.add(...jobs)
    },
  })

  test('does not delay its run', async () => {
    const { log, queue, start, plan, fate, timers } = world()
    const added = Promise.withResolvers<void>()
    {
      await using _ = await start(log, {
        ...queue,
        add: async (...jobs) => {
          await added.promise
          return queue.add(...jobs)
        },
      })
      // A process ends once its timers are added.
      using _ends = { [Symbol.dispose]: added.resolve }
      await plan('j1')
      await expect.poll(() => fate('j1')).toBe('confirmed')
      expect(await timers()).toBe(0)
    }
    expect(await timers()).toBe(1)
  })

  test('is added by another process when its own has died, however far its run has advanced', async () => {
    const { log, queue, start, plan, moves, timers } = world()
    {
      await using here = await start(
        log,
        awayQueue(queue, () => true),
      )
      await plan('slow')
      await expect.poll(async () => (await moves('slow')).length).toBe(3)
      await expect.poll(() => here.errors.length).toBeGreaterThan(1)
    }
    expect(await timers()).toBe(0)
    await using _ = await start()
    await expect.poll(timers).toBe(1)
    expect((await moves('slow')).length).toBe(3)
  })

  test('is retried until the queue is available', async () => {
    const { log, queue, start, plan, moves, timers } = world()
    let away = true
    await using here = await start(
      log,
      awayQueue(queue, () => away),
    )
    await plan('slow')
    await expect.poll(async () => (await moves('slow')).length).toBe(3)
    await expect.poll(() => here.errors.length).toBeGreaterThan(1)
    away = false
    await expect.poll(timers).toBe(1)
  })

  test('is added before its run is parked at a later event', async () => {
    const flaw = { broken: true }
    const { log, queue, start, plan, letters, timers } = world({ flaw })
    let away = true
    await using here = await start(
      log,
      awayQueue(queue, () => away),
    )
    await plan('cursed')
    const flaws = () => here.errors.filter((error) => !(error instanceof Unavailable)).length
    await expect.poll(flaws).toBe(5)
    expect([await letters.list(), await timers()]).toStrictEqual([[], 0])
    away = false
    await expect.poll(async () => (await letters.list()).length).toBe(1)
    expect(await timers()).toBe(1)
  })

  test('parks its run when it cannot be added, and is added when the run is retried', async () => {
    const { log, queue, start, plan, letters, control, timers } = world()
    let broken = true
    await using _ = await start(log, {
      ...queue,
      add: async (...jobs) => {
        if (broken) throw new TypeError('cannot be kept')
        return queue.add(...jobs)
      },
    })
    await plan('slow')
    await expect.poll(async () => (await letters.list()).length).toBe(1)
    const [letter] = await letters.list()
    expect([letter?.key, letter?.type]).toStrictEqual(['slow', 'JourneyPlanned'])
    broken = false
    await letters.requestRetry(letter!.id)
    await control.announce()
    await expect.poll(timers).toBe(1)
  })
})

describe('a timer that is due while its run is behind the log', () => {
  const never = new AbortController().signal

  test('does not fire before the recorded events are processed', async () => {
    const { log, leases, queue, start, plan, fate, moves } = world({ patience: 100 })
    {
      // Seat and bed are booked; the run does not receive those events.
      await using broken = await start(breaking(withoutTogether(log), 4, false))
      await plan('j1')
      await expect.poll(() => broken.errors.length).toBeGreaterThan(0)
    }
    // As one that is held by a process that hangs.
    const lease = await leases.acquire('saga:travel', never)
    await using _ = await start()
    await expect
      .poll(async () => {
        const { waiting, active, delayed } = await queue.counts(timersQueue)
        return (await fate('j1')) === 'called off' || (waiting + active === 0 && delayed === 1)
      })
      .toBe(true)
    expect(await fate('j1')).toBe('planned')
    await lease.release()
    await expect.poll(() => fate('j1')).toBe('confirmed')
    await expect.poll(() => queue.counts(timersQueue)).toMatchObject({ waiting: 0, delayed: 0 })
    expect.assert(!(await moves('j1')).some((move) => move.includes('on CallOff')))
  })

  test('fires for a run that has processed all its events', async () => {
    const { leases, start, plan, fate, moves, pass } = world({ patience: hour })
    {
      await using _ = await start()
      await plan('slow')
      await expect.poll(async () => (await moves('slow')).length).toBe(3)
    }
    const lease = await leases.acquire('saga:travel', never)
    pass(hour)
    await using _ = await start()
    await plan('other')
    await expect.poll(() => fate('slow')).toBe('called off')
    expect(await moves('other')).toStrictEqual([])
    await lease.release()
  })

  test('does not fire while its run is parked, and fires once the run is retried', async () => {
    const flaw = { broken: true }
    const { start, plan, fate, letters, control, queue } = world({ flaw, patience: 20 })
    await using _ = await start()
    await plan('cursed')
    await expect.poll(async () => (await letters.list()).length).toBe(1)
    await expect.poll(() => queue.counts(timersQueue)).toMatchObject({ delayed: 1 })
    expect(await fate('cursed')).toBe('planned')
    flaw.broken = false
    await letters.requestRetry((await letters.list())[0]!.id)
    await control.announce()
    await expect.poll(() => fate('cursed')).toBe('confirmed')
  })

  test('is due by the clock of the store, not by that of the machine', async () => {
    const now = Date.parse('2040-01-01T00:00:00Z')
    const queue = memoryQueue({ now: () => now })
    const timer = {
      saga: 'travel',
      key: 'j1',
      correlationId: randomUUID(),
      dueAt: now,
      step: { id: 'one', to: 'journey', target: 'j1', type: 'CallOff', data: {}, wait: 1 },
    }
    await queue.add(timersQueue, [{ id: 'one', data: timer, runAt: now }])
    const added = vi.spyOn(queue, 'add')
    const worker = await wakeSagas(queue, [{ name: 'travel', wake: async () => false }], {
      clock: () => new Date(now),
    })
    await expect.poll(() => added.mock.calls.length).toBeGreaterThan(0)
    await worker.stop()
    expect(added.mock.calls.map(([, jobs]) => jobs[0]?.runAt)).toEqual([now + 250])
  })

  test('reads nothing when its run has ended', async () => {
    const { log, readers, start, plan, fate, moves, queue, pass } = world({ patience: hour })
    const asked = vi.spyOn(readers, 'readBy')
    let looks = 0
    await using _ = await start({
      ...log,
      read: (...args) => {
        looks += 1
        return log.read(...args)
      },
      readAll: (...args) => {
        looks += 1
        return log.readAll(...args)
      },
    })
    await plan('j1')
    await expect.poll(() => fate('j1')).toBe('confirmed')
    await expect.poll(async () => (await moves('j1')).length).toBe(4)
    await expect.poll(() => queue.counts(timersQueue)).toMatchObject({ delayed: 1 })
    const before = looks
    pass(hour)
    await expect
      .poll(() => queue.counts(timersQueue))
      .toEqual({ waiting: 0, delayed: 0, active: 0, parked: 0 })
    expect(looks).toBe(before)
    expect(asked).not.toHaveBeenCalled()
  })
})

describe('a saga that rests', () => {
  /** Books a seat each time, and waits for slow travellers. */
  const commuting = saga({
    name: 'travel',
    subject: 'Journey',
    from: [journey],
    to: [journey, seats],
    key: ({ id }) => id,
  }).rules<number>({
    initialState: 0,
    on: {
      JourneyPlanned: (times, { id }) => {
        const steps = [
          send(seats, 'all', 'BookSeat', { journey: id }),
          after(40, send(journey, id, 'CallOff')),
        ]
        return id === 'slow' ? become(times + 1, ...steps) : rest(times + 1, ...steps)
      },
    },
  })
  const overview = sagaOverview([commuting])

  test('is complete, ignores its timers, and is continued by the next event, also after a restart', async () => {
    const { start, plan, fate, booked, moves, log } = world({ theSaga: commuting })
    {
      await using _ = await start()
      await plan('j1')
      await expect.poll(booked).toBe(1)
    }
    await using _ = await start()
    await plan('j1')
    await plan('slow')
    await expect.poll(() => fate('slow')).toBe('called off')
    expect(await booked()).toBe(3)
    expect(await fate('j1')).toBe('planned')
    expect(await moves('j1')).toStrictEqual([
      'JourneySagaStarted on JourneyPlanned: BookSeat, CallOff',
      'JourneySagaCompleted on JourneyPlanned: BookSeat, CallOff',
    ])
    const shown = async (id: string) =>
      folding(overview, ...(await log.read(`travel-${id}`))).into(`travel-${id}`)?.state
    expect(await shown('j1')).toBe('ended')
    expect(await shown('slow')).toBe('running')
  })
})

describe('a saga that is cut off', () => {
  test.for([
    [true, 'together', (log: EventLog) => log],
    [false, 'together', (log: EventLog) => log],
    [true, 'one after the other', withoutTogether],
    [false, 'one after the other', withoutTogether],
  ] as const)(
    'at any append (recorded: %s, moves and commands %s) is continued by another process, sends nothing twice and loses nothing',
    async ([arrives, , using]) => {
      for (let at = 1; at <= 12; at++) {
        const { log, start, plan, fate, booked, moves } = world()
        {
          await using broken = await start(breaking(using(log), at, arrives))
          await Promise.all([plan('ok'), plan('long', 30)])
          await expect
            .poll(async () => broken.errors.length > 0 || (await fate('long')) === 'called off')
            .toBe(true)
        }
        await using _ = await start(using(log))
        await expect.poll(() => fate('ok')).toBe('confirmed')
        await expect.poll(() => fate('long')).toBe('called off')
        await expect.poll(booked).toBe(1)
        await expect.poll(async () => (await moves('ok')).at(-1)).toMatch(/SagaCompleted/)
        const all = (await log.readAll()).events
        const count = (type: string) => all.filter((event) => event.type === type).length
        expect(
          [count('SeatBooked'), count('SeatFreed'), count('BedBooked'), count('JourneyConfirmed')],
          `cut at append ${at}`,
        ).toStrictEqual([2, 1, 1, 1])
      }
    },
  )
})

/** A log whose streams of the saga are unavailable while `is` is true. */
const awayFor = (log: EventLog, is: () => boolean): EventLog => {
  const reach = (stream: string) => {
    if (is() && stream.startsWith('travel-')) throw new Unavailable('away')
  }
  return {
    ...log,
    append: async (stream, ...rest) => {
      reach(stream)
      return log.append(stream, ...rest)
    },
    appendTogether: async (group) => {
      for (const { stream } of group) reach(stream)
      return log.appendTogether!(group)
    },
    read: async (stream, ...rest) => {
      reach(stream)
      return log.read(stream, ...rest)
    },
  }
}

test('a run receives events in their order, also while the first of them is retried', async () => {
  const { log, start, plan, callOff, moves } = world()
  let away = true
  await using here = await start(awayFor(log, () => away))
  await plan('slow')
  await expect.poll(() => here.errors.length).toBe(1)
  // In a slice of its own, before the next try.
  await callOff('slow')
  away = false
  await expect.poll(async () => (await moves('slow')).at(-1)).toMatch(/SagaCompleted/)
  const [first] = await moves('slow')
  expect(first ?? '').toMatch(/^JourneySagaStarted on JourneyPlanned/)
})

test('a run receives the events of its own commands after everything recorded before, and at once otherwise', async () => {
  const { start, leases, log } = world({ theSaga: countingPlans(1) })
  const never = new AbortController().signal
  const lease = await leases.acquire('saga:travel', never)
  await using process = await start()
  // Both are in the queue of the run before it processes the first.
  await process.plan('j1')
  await process.plan('j1')
  await process.plan('j2')
  await lease.release()
  const booked = async () =>
    (await log.read('seats-all')).map(({ data }) => (data as { journey: string }).journey)
  await expect.poll(async () => (await booked()).length).toBe(2)
  expect((await booked()).toSorted()).toEqual(['j1 planned 2 times', 'j2 planned 1 times'])
  const [, confirmed] = await log.read('journey-j2')
  const [, last] = await log.read('travel-j2')
  expect(last?.position).toBe(confirmed!.position + 1n)
})

describe('a run that keeps failing', () => {
  test('goes on without a request of an operator after an outage of the log', async () => {
    const flaw = { broken: true }
    const { log, start, plan, fate, letters, control } = world({ flaw })
    let away = false
    await using here = await start(awayFor(log, () => away))
    await plan('cursed')
    await expect.poll(async () => (await letters.list()).length).toBe(1)
    const [letter] = await letters.list()

    flaw.broken = false
    away = true
    await letters.requestRetry(letter!.id)
    await control.announce()
    await expect.poll(() => here.errors.at(-1)).toBeInstanceOf(Unavailable)
    away = false
    await expect.poll(() => fate('cursed')).toBe('confirmed')
  })

  test('is parked and visible, and the others go on; it goes on when it is retried after a repair', async () => {
    const flaw = { broken: true }
    const { start, plan, fate, letters, control } = world({ flaw })
    await using _ = await start()
    await plan('cursed')
    await plan('fine')
    await expect.poll(() => fate('fine')).toBe('confirmed')
    await expect.poll(async () => (await letters.list()).length).toBe(1)
    const [letter] = await letters.list()
    expect([letter?.kind, letter?.key, letter?.type]).toStrictEqual([
      'saga',
      'cursed',
      'SeatBooked',
    ])
    expect(letter?.error ?? '').toMatch(/a flaw in the rule/)

    flaw.broken = false
    await letters.requestRetry(letter!.id)
    await control.announce()
    await expect.poll(() => fate('cursed')).toBe('confirmed')
    await expect.poll(() => letters.list()).toEqual([])
  })
})

describe('a parked run', () => {
  /** Every event of the saga's commands is missed by a run that is parked at its first. */
  const whole = [
    'JourneySagaStarted on JourneyPlanned: BookSeat, BookBed, CallOff',
    'JourneySagaStepCompleted on SeatBooked: -',
    'JourneySagaStepCompleted on BedBooked: Confirm',
    'JourneySagaCompleted on JourneyConfirmed: -',
  ]

  test('receives no further events, also after a restart, until it is retried: then those that it has missed', async () => {
    const flaw = { broken: true }
    const { start, plan, moves, letters, control } = world({ flaw })
    const parked = async () => (await letters.list()).length
    const parkedAt = async () => {
      await using _ = await start()
      await plan('cursed')
      await expect.poll(parked).toBe(1)
      flaw.broken = false
      await plan('one')
      await expect.poll(() => moves('one')).toEqual(whole)
      expect(await moves('cursed')).toEqual(whole.slice(0, 1))
    }
    await parkedAt()
    await using _ = await start()
    await plan('other')
    await expect.poll(() => moves('other')).toEqual(whole)
    // Planned again, which this version of the saga answers as a new journey.
    await plan('cursed')
    await plan('last')
    await expect.poll(() => moves('last')).toEqual(whole)
    expect(await moves('cursed')).toEqual(whole.slice(0, 1))

    await letters.requestRetry((await letters.list())[0]!.id)
    await control.announce()
    await expect.poll(parked).toBe(0)
    await expect.poll(async () => (await moves('cursed')).at(-1)).toMatch(/SagaCompleted/)
    const types = (await moves('cursed')).map((move) => move.split(':')[0])
    expect(types.slice(0, 3)).toEqual(whole.slice(0, 3).map((move) => move.split(':')[0]))
    // Its own two, and none of the other journeys.
    expect(types.filter((type) => type?.endsWith('on JourneyPlanned')).length).toBe(2)
  })

  test('that is retried receives later events as well, in the same process', async () => {
    const flaw = { broken: true }
    const { start, plan, moves, letters, control } = world({ flaw })
    await using _ = await start()
    await plan('cursed')
    await expect.poll(async () => (await letters.list()).length).toBe(1)
    flaw.broken = false
    await letters.requestRetry((await letters.list())[0]!.id)
    await control.announce()
    await expect.poll(() => moves('cursed')).toEqual(whole)
  })

  test('is parked again when a retry fails, which is reported, and the others go on without a restart', async () => {
    const flaw = { broken: true }
    const { start, plan, fate, letters, control, leases } = world({ flaw })
    const acquired = vi.spyOn(leases, 'acquire')
    await using here = await start()
    await plan('cursed')
    await expect.poll(async () => (await letters.list())[0]?.attempts).toBe(1)
    const before = here.errors.length
    await letters.requestRetry((await letters.list())[0]!.id)
    await control.announce()
    await expect.poll(async () => (await letters.list())[0]?.attempts).toBe(2)
    expect(here.errors.slice(before).map(String)).toEqual(['Error: a flaw in the rule'])
    await plan('fine')
    await expect.poll(() => fate('fine')).toBe('confirmed')
    expect(acquired).toHaveBeenCalledTimes(1)
  })
})

describe('a process that ends', () => {
  test('reports no failure of the attempt under way, tries no other, and parks nothing', async () => {
    const { log, start, plan, letters } = world()
    const tried = Promise.withResolvers<void>()
    const over = Promise.withResolvers<void>()
    let attempts = 0
    const fail = async () => {
      attempts += 1
      tried.resolve()
      await over.promise
      throw new TypeError('it ended')
    }
    const here = await start({ ...withoutTogether(log), append: fail })
    await plan('j1')
    await tried.promise
    const ended = here[Symbol.asyncDispose]()
    over.resolve()
    await ended
    expect([here.errors, attempts, await letters.list()]).toEqual([[], 1, []])
  })

  test('tries no other time after the pause that its end cuts short', async () => {
    const { log, start, plan, letters } = world()
    let attempts = 0
    const fail = async () => {
      attempts += 1
      throw new TypeError('it failed')
    }
    const here = await start({ ...withoutTogether(log), append: fail })
    await plan('j1')
    await expect.poll(() => here.errors.length).toBeGreaterThan(0)
    const before = attempts
    await here[Symbol.asyncDispose]()
    expect([attempts, await letters.list()]).toEqual([before, []])
  })
})

describe('a run ahead of the log', () => {
  test('continues over events of other streams in the slice that was delivered last', async () => {
    const { log, leases, start, plan, fate, origin } = world()
    const lease = await leases.acquire('saga:travel', new AbortController().signal)
    let groups = 0
    await using here = await start({
      ...log,
      appendTogether: async (group) => {
        if (group.some(({ stream }) => stream === 'travel-j1')) groups += 1
        return log.appendTogether!(group)
      },
    })
    await here.plan('j1')
    const book = { type: 'BookSeat', data: { journey: 'another' } } as const
    await here.execute(seats, 'all', book, origin())
    const warm = { type: 'BookBed', data: { journey: 'another', nights: 1 } } as const
    await here.execute(beds, 'all', warm, origin())
    await expect.poll(here.head).toBe(3n)
    await lease.release()
    await expect.poll(() => fate('j1')).toBe('confirmed')
    expect(groups).toBe(1)
    await plan('j2')
    await expect.poll(() => fate('j2')).toBe('confirmed')
  })

  test('receives all events of later slices first that are queued for it', async () => {
    const { start, log } = world({ theSaga: countingPlans(2) })
    const first = Promise.withResolvers<void>()
    let appends = 0
    const gated = async <T>(append: () => Promise<T>): Promise<T> => {
      appends += 1
      if (appends === 1) await first.promise
      return append()
    }
    await using here = await start({
      ...log,
      append: (stream, ...rest) =>
        stream.startsWith('travel')
          ? gated(() => log.append(stream, ...rest))
          : log.append(stream, ...rest),
      appendTogether: (group) => gated(() => log.appendTogether!(group)),
    })
    for (const nth of [1n, 2n, 3n]) {
      await here.plan('j1')
      await expect.poll(here.head).toBe(nth)
      await expect.poll(() => appends).toBe(1)
    }
    first.resolve()
    const booked = async () =>
      (await log.read('seats-all')).map(({ data }) => (data as { journey: string }).journey)
    await expect.poll(booked).toEqual(['j1 planned 3 times'])
  })
})

test('events that a saga does not read, or that are for no run, lead to no run', async () => {
  const picky = saga({
    name: 'travel',
    subject: 'Journey',
    from: [journey],
    to: [seats],
    key: ({ id, data }) => {
      if (!('nights' in data)) throw new Error('there is no rule for it')
      return data.nights === 0 ? undefined : id
    },
  }).rules<number>({
    initialState: 0,
    on: {
      JourneyPlanned: (plans, { id }) =>
        become(plans + 1, send(seats, 'all', 'BookSeat', { journey: id })),
    },
  })
  const { start, plan, moves, booked, log, leases, origin } = world({ theSaga: picky })
  // All are in one slice.
  const lease = await leases.acquire('saga:travel', new AbortController().signal)
  await using here = await start()
  await plan('nowhere', 0)
  const book = { type: 'BookSeat', data: { journey: 'another' } } as const
  await here.execute(seats, 'all', book, origin())
  await plan('j1')
  await lease.release()
  await expect.poll(booked).toBe(2)
  await plan('j1')
  await expect.poll(booked).toBe(3)
  expect([(await moves('j1')).length, here.errors]).toEqual([2, []])
  const started = (await log.streams({ category: 'travel' })).map(({ stream }) => stream)
  expect(started).toEqual(['travel-j1'])
})

describe('a timer that only another version can send', () => {
  const timer: Timer = {
    saga: 'travel',
    key: 'j1',
    correlationId: randomUUID(),
    dueAt: 0,
    step: { id: randomUUID(), to: 'diary', target: 'j1', type: 'Write', data: {}, wait: 1 },
  }

  test('is left to a newer version, where there is one', async () => {
    const { start, readers } = world()
    await readers.declare(new Map([[wholeVersion, [commandOf('diary', 'Write')]]]))
    await using here = await start()
    await expect(here.wake(timer)).rejects.toBeInstanceOf(NewerVersion)
  })

  test('fails where no version is known to send it, as for other reasons', async () => {
    const { log, start } = world()
    let isAway = false
    await using here = await start(awayFor(log, () => isAway))
    const failed = await here.wake(timer).catch((error: unknown) => error)
    expect.assert(failed instanceof Error && !(failed instanceof NewerVersion))
    expect(failed.message).toContain('Write')
    isAway = true
    await expect(here.wake({ ...timer, key: 'j2' })).rejects.toBeInstanceOf(Unavailable)
  })

  test('is put back while its saga is not known', async () => {
    const queue = memoryQueue()
    let handler: Parameters<Queue['work']>[1] | undefined
    await wakeSagas(
      {
        ...queue,
        work: async (_, work) => {
          handler = work
          return { stop: async () => undefined }
        },
      },
      [],
      { clock: () => new Date() },
    )
    const attempt = { data: timer } as Parameters<NonNullable<typeof handler>>[0]
    await expect(handler!(attempt)).rejects.toBeInstanceOf(NewerVersion)
  })
})

test('a timer reports whether it has fired; nothing is queued where none follows', async () => {
  const { log, queue, start, plan, fate, leases } = world()
  const lease = await leases.acquire('saga:travel', new AbortController().signal)
  const added = vi.fn<Queue['add']>(queue.add)
  await using here = await start(log, { ...queue, add: added })
  await plan('behind')
  const calling = (id: string): Timer => ({
    saga: 'travel',
    key: id,
    correlationId: randomUUID(),
    dueAt: 0,
    step: { id: randomUUID(), to: 'journey', target: id, type: 'CallOff', data: {}, wait: 1 },
  })
  expect(await here.wake(calling('behind'))).toBe(false)
  expect(await here.wake(calling('unplanned'))).toBe(true)
  expect([await fate('behind'), added.mock.calls]).toEqual(['planned', []])
  await lease.release()
})

test('a run whose command only a newer version can decide is neither retried nor parked', async () => {
  const { start, plan, leases, letters, readers } = world({ knows: [journey, seats] })
  await readers.declare(new Map([[wholeVersion, [commandOf('beds', 'BookBed')]]]))
  await using here = await start()
  await plan('j1')
  await expect.poll(() => here.errors.length).toBe(1)
  expect(here.errors[0]).toBeInstanceOf(NewerVersion)
  // The newer version may acquire the lease.
  const lease = await leases.acquire('saga:travel', new AbortController().signal)
  expect([here.errors.length, await letters.list()]).toEqual([1, []])
  await lease.release()
})
