import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import {
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
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { executor } from './execute.ts'
import { inputOf } from './saga-input.ts'
import { sagaInstances } from './saga-instances.ts'

const By = Fields({ trip: Type.String() })

const trip = decider({
  name: 'trip',
  id: Type.String(),
  commands: { Plan: Nothing, Drop: Nothing, Reject: Nothing },
  events: { Planned: Nothing, Dropped: Nothing, Rejected: Nothing },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {
    Plan: () => [{ type: 'Planned', data: {} }],
    Drop: () => [{ type: 'Dropped', data: {} }],
    Reject: () => [{ type: 'Rejected', data: {} }],
  },
  evolve: { Planned: () => null, Dropped: () => null, Rejected: () => null },
})

const bus = decider({
  name: 'bus',
  id: Type.String(),
  commands: { Book: By, Free: By },
  events: { Booked: By, Freed: By },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {
    Book: (data) => [{ type: 'Booked', data }],
    Free: (data) => [{ type: 'Freed', data }],
  },
  evolve: { Booked: () => null, Freed: () => null },
})

/** A hotel that refuses every booking. */
const hotel = decider({
  name: 'hotel',
  id: Type.String(),
  commands: { Stay: By },
  events: { Stayed: By },
  refusals: { Full: 'There is no bed left.' },
}).rules<null>({
  initialState: null,
  decide: { Stay: () => refuse('Full') },
  evolve: { Stayed: () => null },
})

/** Ends at a rejection; a seat that is booked after the end is freed. */
const outing = saga({
  name: 'outing',
  subject: 'Outing',
  from: [trip, bus],
  to: [trip, bus, hotel],
  key: (event) => ('trip' in event.data ? event.data.trip : event.id),
}).rules<{ readonly isOff: boolean }>({
  initialState: { isOff: false },
  on: {
    Planned: (_, { id }) =>
      become(
        { isOff: false },
        send(bus, 'all', 'Book', { trip: id }),
        ...(id === 'far' ? [send(hotel, 'inn', 'Stay', { trip: id })] : []),
      ),
    Dropped: (_, { id }) => become({ isOff: true }, send(trip, id, 'Reject')),
    Booked: (state, { data }) =>
      state.isOff ? become(state, send(bus, 'all', 'Free', data)) : become(state),
    Rejected: (state) => end(state),
  },
  refused: {
    Stay: (_, { data: { trip: id } }) => become({ isOff: true }, send(trip, id, 'Reject')),
  },
})

const deciders = [trip, bus, hotel]
const origin = () => ({ commandId: randomUUID(), actorId: 'ann', correlationId: randomUUID() })

const setUp = () => {
  const declared = catalogue([...deciders, declarationOf(outing)])
  const log = validatingLog(memoryEventLog(), declared)
  const start = () => {
    const its = executor({ log, snapshots: memorySnapshots(), catalogue: declared })
    const { drive } = sagaInstances(outing, {
      log,
      executor: its,
      deciders: new Map(deciders.map((one) => [one.name as string, one])),
      catalogue: declared,
      clock: () => new Date(),
    })
    const say = (id: string, type: 'Plan' | 'Drop') =>
      its.execute(trip, id, { type, data: {} }, origin())
    /** Delivers the events after a position to the run, up to another position or the head of the log. */
    const tell = async (id: string, from = 0n, to?: bigint): Promise<bigint> => {
      for (let position = from; ;) {
        const [event] = (await log.readAll({ after: position, limit: 1 })).events
        if (!event || (to !== undefined && event.position > to)) return position
        position = event.position
        const upTo = position
        if (outing.reads.includes(event.type) && outing.keyOf(event) === id)
          await drive(id, inputOf(event), () => upTo)
      }
    }
    return { say, tell, drive, log, stateOf: its.stateOf }
  }
  const types = async () =>
    (await log.readAll()).events.map(({ type }) => type).filter((type) => !/Outing/.test(type))
  return { start, types }
}

test('the events after a refusal are not processed before those recorded ahead of it', async () => {
  const { start, types } = setUp()
  const { say, tell } = start()
  await say('far', 'Plan')
  await tell('far')
  // The seat was booked before the trip was rejected: the run receives that first.
  expect(await types()).toEqual(['Planned', 'Booked', 'Rejected', 'Freed'])
})

test('the events of a later move are not processed before those of another process are received', async () => {
  const { start, types } = setUp()
  const first = start()
  await first.say('near', 'Plan')
  await first.say('near', 'Drop')
  await first.tell('near', 0n, 1n)
  const { tell, drive, stateOf, log } = start()
  // Else the trip would be read, and not drafted.
  await stateOf(trip, 'near')
  const [, dropped, moved] = (await log.readAll()).events
  // Up to the move of the first process, and not to the booking that it led to.
  await drive('near', inputOf(dropped!), () => moved!.position)
  await tell('near', moved!.position)
  expect(await types()).toEqual(['Planned', 'Dropped', 'Booked', 'Rejected', 'Freed'])
})

test.for([false, true])(
  'the events of a later move are not processed before those of an earlier one (of another process: %s)',
  async (isElsewhere) => {
    const { start, types } = setUp()
    const first = start()
    await first.say('near', 'Plan')
    await first.say('near', 'Drop')
    const position = await first.tell('near', 0n, 1n)
    const { tell, stateOf } = isElsewhere ? start() : first
    // Else the trip would be read, and not drafted.
    await stateOf(trip, 'near')
    await tell('near', position)
    expect(await types()).toEqual(['Planned', 'Dropped', 'Booked', 'Rejected', 'Freed'])
  },
)
