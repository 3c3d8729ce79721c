import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
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
  saga,
  send,
} from '#kernel'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { executor } from './execute.ts'
import { inputOf } from './saga-input.ts'
import { sagaInstances } from './saga-instances.ts'

const By = Fields({ trip: Type.String() })

/** A trip; its buyer may leave. */
const trip = decider({
  name: 'trip',
  id: Type.String(),
  commands: { Plan: Nothing, Confirm: Nothing, Close: Nothing, Leave: Nothing },
  events: { Planned: Nothing, Confirmed: Nothing, Closed: Nothing, Left: Nothing },
  refusals: { Again: 'It is already.' },
}).rules<readonly string[]>({
  initialState: [],
  decide: {
    Plan: () => [{ type: 'Planned', data: {} }],
    Confirm: (_, was) =>
      was.includes('Confirmed') ? refuse('Again') : [{ type: 'Confirmed', data: {} }],
    Close: (_, was) => (was.includes('Confirmed') ? [{ type: 'Closed', data: {} }] : []),
    Leave: () => [{ type: 'Left', data: {} }],
  },
  evolve: {
    Planned: (was) => [...was, 'Planned'],
    Confirmed: (was) => [...was, 'Confirmed'],
    Closed: (was) => [...was, 'Closed'],
    Left: (was) => [...was, 'Left'],
  },
})

/** A bus with three seats, as hot a stream as a product that everybody buys. */
const bus = decider({
  name: 'bus',
  id: Type.String(),
  commands: { Book: By },
  events: { Booked: By },
  refusals: { Full: 'There is no seat left.' },
}).rules<number>({
  initialState: 3,
  decide: { Book: (data, free) => (free > 0 ? [{ type: 'Booked', data }] : refuse('Full')) },
  evolve: { Booked: (free) => free - 1 },
})

const diary = decider({
  name: 'diary',
  id: Type.String(),
  commands: { Write: Fields({ note: Type.String() }) },
  events: { Written: Fields({ note: Type.String() }) },
  refusals: {},
}).rules<number>({
  initialState: 0,
  decide: { Write: (data) => [{ type: 'Written', data }] },
  evolve: { Written: (notes) => notes + 1 },
})

type State = { readonly left: boolean; readonly at?: string }

/** Books a seat, confirms and closes the trip, and writes a note. @param isCurious whether a rule reads the time of the event */
const outing = (isCurious = false) =>
  saga({
    name: 'outing',
    subject: 'Outing',
    from: [trip, bus],
    to: [trip, bus, diary],
    key: (event) => ('trip' in event.data ? event.data.trip : event.id),
  }).rules<State>({
    initialState: { left: false },
    on: {
      Planned: (_, { id }) =>
        become(
          { left: false },
          // There is nothing to close yet, which cannot be drafted.
          ...(id === 'hasty' ? [send(trip, id, 'Close')] : []),
          send(bus, 'all', 'Book', { trip: id }),
          after(1_000, send(diary, id, 'Write', { note: 'late' })),
        ),
      Booked: (state, event) =>
        become(
          { ...state, ...(isCurious && { at: event.at }) },
          send(trip, event.data.trip, 'Confirm'),
          send(trip, event.data.trip, 'Close'),
          after(2_000, send(diary, event.data.trip, 'Write', { note: 'later' })),
        ),
      Left: (state) => become({ ...state, left: true }),
      Closed: (state, { id }) =>
        end(state, send(diary, id, 'Write', { note: state.left ? 'nobody is told' : 'closed' })),
    },
    refused: {
      Book: (state, { data: { trip: id } }) =>
        end(state, send(diary, id, 'Write', { note: 'full' })),
    },
  })

const deciders = [trip, bus, diary]
const origin = () => ({ commandId: randomUUID(), actorId: 'ann', correlationId: randomUUID() })

const setUp = ({ isCurious = false } = {}) => {
  const theSaga = outing(isCurious)
  const declared = catalogue([...deciders, declarationOf(theSaga)])
  const log = validatingLog(memoryEventLog(), declared)
  const elsewhere = executor({ log, snapshots: memorySnapshots(), catalogue: declared })

  /** A process; `appends` lists its streams, those of one append together, and counts begin again with `clear`. */
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
    const its = executor({ log: itsLog, snapshots: memorySnapshots(), catalogue: declared })
    const { drive, readAgain } = sagaInstances(theSaga, {
      log: itsLog,
      executor: its,
      deciders: new Map(deciders.map((one) => [one.name as string, one])),
      catalogue: declared,
      clock: () => new Date(),
    })
    const timers: string[] = []
    /**
     * Delivers the events after a position, and the events that follow from them, to the run of a trip.
     * @param isAhead whether the run may run ahead of the log
     */
    const tell = async (id: string, { from = 0n, isAhead = true } = {}): Promise<void> => {
      for (let position = from; ;) {
        const { events } = await log.readAll({ after: position, limit: 1 })
        const [event] = events
        if (!event) return
        position = event.position
        if (!theSaga.reads.includes(event.type) || theSaga.keyOf(event) !== id) continue
        const upTo = position
        const due = await drive(id, inputOf(event), isAhead ? () => upTo : undefined)
        timers.push(...due.map(({ step }) => (step.data as { note: string }).note))
      }
    }
    return {
      ...its,
      drive,
      tell,
      readAgain,
      appends,
      counts,
      timers,
      /** Records that a trip is planned; its stream is cached then. */
      plan: async (id: string) => {
        const planned = { type: 'Plan', data: {} } as const
        await its.execute(trip, id, planned, { ...origin(), commandId: `plan ${id}` })
        appends.length = 0
      },
      leave: (id: string) => its.execute(trip, id, { type: 'Leave', data: {} }, origin()),
    }
  }
  const notes = async (id: string) =>
    (await log.read(`diary-${id}`)).map(({ data }) => (data as { note: string }).note)
  const types = async () => (await log.readAll()).events.map(({ type }) => type)
  return { log, elsewhere, start, notes, types }
}

/** The recorded events of a trip. */
const whole = [
  'Planned',
  'OutingSagaStarted',
  'Booked',
  'OutingSagaStepCompleted',
  'Confirmed',
  'Closed',
  'OutingSagaCompleted',
  'Written',
]

/** A log without transactions over streams: there, nothing runs ahead. */
const withoutTogether = (log: EventLog): EventLog => {
  const { appendTogether: _, ...rest } = log
  return rest
}

describe('a chain of moves', () => {
  test('is one append, in the order in which the log delivers it, and is skipped then', async () => {
    const { start, types } = setUp()
    const { plan, tell, appends, counts, timers } = start()
    await plan('a')
    counts.reads = 0
    await tell('a')
    expect(appends).toEqual([
      'outing-a + bus-all + outing-a + trip-a + trip-a + outing-a + diary-a',
    ])
    expect(counts.reads).toBe(0)
    expect(timers).toEqual(['late', 'later'])
    expect(await types()).toEqual(whole)
  })

  test('records the same events as one move after the other', async () => {
    const recorded = async (options: object, using = (log: EventLog) => log) => {
      const { start, log } = setUp()
      const { plan, tell, appends } = start(using(log))
      await plan('a')
      await tell('a', options)
      const { events } = await log.readAll()
      const facts = events.map(({ eventId, position, stream, revision, type, data, metadata }) => {
        const comparable = { ...metadata, correlationId: 'some request' }
        return { eventId, position, stream, revision, type, data, metadata: comparable }
      })
      return { facts, appends: appends.length }
    }
    const chain = await recorded({})
    const single = await recorded({ isAhead: false })
    const separate = await recorded({}, withoutTogether)
    expect([chain.appends, single.appends, separate.appends]).toEqual([1, 3, 7])
    expect(chain.facts).toEqual(single.facts)
    expect(chain.facts).toEqual(separate.facts)
  })

  test('ends where a stream may have events that the run has not received', async () => {
    const { start, notes } = setUp()
    const { plan, leave, tell, appends } = start()
    await plan('a')
    await leave('a')
    appends.length = 0
    await tell('a')
    // The events of the trip are processed only after that of the traveller who has left.
    expect(await notes('a')).toEqual(['nobody is told'])
    expect(appends).toEqual([
      'outing-a + bus-all + outing-a + trip-a + trip-a',
      'outing-a',
      'outing-a + diary-a',
    ])
  })

  test('ends at a command to a stream that other runs share, until the run has received its events', async () => {
    const { start, types } = setUp()
    const { plan, tell, appends, execute } = start()
    await plan('a')
    await execute(bus, 'all', { type: 'Book', data: { trip: 'b' } }, origin())
    appends.length = 0
    await tell('a')
    expect(appends).toEqual([
      'outing-a + bus-all',
      'outing-a + trip-a + trip-a + outing-a + diary-a',
    ])
    expect((await types()).filter((type) => type !== 'Booked')).toEqual(
      whole.filter((type) => type !== 'Booked'),
    )
  })

  test('ends where a rule reads what only the log knows', async () => {
    const { start, log } = setUp({ isCurious: true })
    const { plan, tell, appends } = start()
    await plan('a')
    await tell('a')
    expect(appends[0]).toBe('outing-a + bus-all')
    const [booked] = await log.read('bus-all')
    const moves = await log.read('outing-a')
    expect(moves[1]?.data).toMatchObject({ state: { at: booked?.at } })
  })

  test('does not continue before all earlier commands have been answered', async () => {
    const { start, notes } = setUp()
    const { plan, tell, appends } = start()
    await plan('hasty')
    await tell('hasty')
    expect(appends).toEqual([
      'outing-hasty + bus-all',
      'outing-hasty + trip-hasty + trip-hasty + outing-hasty + diary-hasty',
    ])
    expect(await notes('hasty')).toEqual(['closed'])
  })

  test('ends where a command has no draft, and all commands of that move are sent in their order', async () => {
    const { start, notes } = setUp()
    const { plan, tell, appends, execute } = start()
    await plan('a')
    await execute(trip, 'a', { type: 'Confirm', data: {} }, origin())
    appends.length = 0
    await tell('a')
    expect(await notes('a')).toEqual(['closed'])
    expect(appends).toEqual(['outing-a + bus-all + outing-a', 'trip-a', 'outing-a + diary-a'])
  })

  test('ends where a stream has to be read, which is not assumed empty when the run has received events of it', async () => {
    const { start, types, notes } = setUp()
    await start().plan('a')
    // As in a process that records no trips.
    const { tell, appends, counts } = start()
    await tell('a')
    expect(appends).toEqual([
      'outing-a + bus-all + outing-a',
      // Without one more that is refused, as the stream is read before the first.
      'trip-a',
      'trip-a',
      'outing-a + diary-a',
    ])
    expect(counts.reads).toBe(1)
    expect(await types()).toEqual(whole)
    expect(await notes('a')).toEqual(['closed'])
  })

  test('is recorded move by move where the log refuses it, and leaves no stream reserved', async () => {
    const { start, log, elsewhere, types, notes } = setUp()
    let isFirst = true
    const { plan, tell, idle, execute } = start({
      ...log,
      appendTogether: async (group) => {
        if (isFirst)
          await elsewhere.execute(bus, 'all', { type: 'Book', data: { trip: 'x' } }, origin())
        isFirst = false
        return log.appendTogether!(group)
      },
    })
    await plan('a')
    await tell('a')
    expect((await types()).toSorted()).toEqual(['Booked', ...whole].toSorted())
    expect(await notes('a')).toEqual(['closed'])
    await idle()
    const answer = await execute(trip, 'a', { type: 'Leave', data: {} }, origin())
    expect.assert('revision' in answer && answer.revision === 3)
  })

  test('has no second effect on many runs at the same time on one hot stream', async () => {
    const { start, log, notes } = setUp()
    const { plan, tell } = start()
    const ids = Array.from({ length: 12 }, (_, n) => `t${n}`)
    for (const id of ids) await plan(id)
    await Promise.all(ids.map((id) => tell(id)))
    await Promise.all(ids.map((id) => tell(id)))
    const { events } = await log.readAll()
    expect(events.filter(({ type }) => type === 'Booked')).toHaveLength(3)
    const all = await Promise.all(ids.map(notes))
    expect(all.flat().toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => 'closed'),
      ...Array.from({ length: 9 }, () => 'full'),
    ])
  })
})

describe('a chain that is cut off', () => {
  test.for([true, false])('is continued by another process (recorded: %s)', async (arrives) => {
    const { start, log, types } = setUp()
    await start().plan('a')
    let isCut = false
    const broken = start({
      ...log,
      appendTogether: async (group) => {
        if (arrives) await log.appendTogether!(group)
        isCut = true
        throw new Unavailable('cut')
      },
      read: async (...args) => {
        if (isCut) throw new Unavailable('cut')
        return log.read(...args)
      },
    })
    await expect(broken.tell('a')).rejects.toThrow(Unavailable)
    const { tell, timers } = start()
    await tell('a')
    expect(await types()).toEqual(whole)
    expect(timers).toEqual(['late', 'later'])
  })

  test('returns the same timers again, those of each event when it is received', async () => {
    const { start, types } = setUp()
    const first = start()
    await first.plan('a')
    await first.tell('a')
    // Killed before the timers were added; and then once more, past the first event.
    const second = start()
    await second.tell('a')
    expect(second.timers).toEqual(['late', 'later'])
    const third = start()
    await third.tell('a', { from: 1n })
    expect(third.timers).toEqual(['later'])
    expect(await types()).toEqual(whole)
  })

  test('receives all events again from a process that does not know its position, or has acquired the lease again', async () => {
    const { start, log } = setUp()
    const { plan, drive, tell, readAgain, timers } = start()
    await plan('a')
    const [planned] = await log.read('trip-a')
    await drive('a', inputOf(planned!), () => planned!.position)
    await tell('a', { from: 1n, isAhead: false })
    expect(timers).toEqual(['later'])

    await plan('b')
    const [other] = await log.read('trip-b')
    await drive('b', inputOf(other!), () => other!.position)
    readAgain()
    await tell('b', { from: other!.position })
    expect(timers).toEqual(['later', 'later'])
  })
})
