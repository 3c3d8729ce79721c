import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, test, vi } from 'vitest'
import {
  after,
  become,
  catalogue,
  decider,
  declarationOf,
  derivedUuid,
  end,
  Fields,
  refuse,
  rest,
  saga,
  send,
  type SagaMoved,
} from '#kernel'
import { validatingLog } from '../platform/storage/event-log/validating-log.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import { memorySnapshots } from '../platform/storage/snapshots/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { executor } from './execute.ts'
import { inputOf, type Input } from './saga-input.ts'
import { sagaInstances } from './saga-instances.ts'

const How = Fields({ how: Type.String() })

const trip = decider({
  name: 'trip',
  id: Type.String(),
  commands: { Plan: How },
  events: { Planned: How },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: { Plan: (data) => [{ type: 'Planned', data }] },
  evolve: { Planned: () => null },
})

const diary = decider({
  name: 'diary',
  id: Type.String(),
  commands: { Write: Fields({ note: Type.String() }) },
  events: { Written: Fields({ note: Type.String() }) },
  refusals: { Full: 'There is no page left.' },
}).rules<null>({
  initialState: null,
  decide: {
    Write: (data) => (data.note === 'refused' ? refuse('Full') : [{ type: 'Written', data }]),
  },
  evolve: { Written: () => null },
})

/** Notes each trip, with a timer; a trip says how the run goes on. */
const noting = saga({
  name: 'noting',
  subject: 'Note',
  from: [trip],
  to: [diary],
  key: ({ id }) => id,
}).rules<number>({
  initialState: 0,
  on: {
    Planned: (trips, { id, data: { how } }) => {
      const note = send(diary, id, 'Write', { note: how })
      if (how === 'end') return end(trips + 1, note)
      if (how === 'refused') return end(trips + 1, note)
      if (how === 'rest') return rest(trips, ...(trips === 0 ? [note] : []))
      return become(trips + 1, note, after(1_000, send(diary, id, 'Write', { note: 'late' })))
    },
  },
  refused: {
    Write: (trips, { id }) => become(trips, send(diary, id, 'Write', { note: 'compensated' })),
  },
})

const deciders = [trip, diary]
const declared = catalogue([...deciders, declarationOf(noting)])

const setUp = () => {
  const clock = () => new Date('2030-01-01T00:00:00Z')
  const log = validatingLog(memoryEventLog(clock), declared)
  const elsewhere = executor({ log, snapshots: memorySnapshots(), catalogue: declared })
  const plan = async (id: string, how: string): Promise<Input> => {
    const origin = { commandId: randomUUID(), actorId: 'ann', correlationId: randomUUID() }
    await elsewhere.execute(trip, id, { type: 'Plan', data: { how } }, origin)
    const [planned] = await log.read(`trip-${id}`, { direction: 'backwards', limit: 1 })
    return inputOf(planned!)
  }
  /** Starts a process. */
  const start = (under: EventLog = log) => {
    const read = vi.fn<EventLog['read']>(under.read)
    const itsLog = { ...under, read }
    const runs = sagaInstances(noting, {
      log: itsLog,
      executor: executor({ log: itsLog, snapshots: memorySnapshots(), catalogue: declared }),
      deciders: new Map(deciders.map((one) => [one.name as string, one])),
      catalogue: declared,
      clock,
    })
    /** Fires a timer; `asked` counts the questions whether it may. */
    const asked = vi.fn<() => Promise<boolean>>(async () => true)
    const fire = (id: string, step: SagaMoved['steps'][number], mayFire = asked) => {
      const ids = { correlationId: 'request', causationId: step.id }
      return runs.fire(id, { kind: 'timer', id: `timer:${step.id}`, step, ...ids }, mayFire)
    }
    return { ...runs, fire, asked, read }
  }
  const moves = async (id: string) =>
    (await log.read(`noting-${id}`)).map(({ data }) => data as SagaMoved)
  const notes = async (id: string) =>
    (await log.read(`diary-${id}`)).map(({ data }) => (data as { note: string }).note)
  /** Drives a run with a timer. @returns the step of the timer */
  const timerOf = async (id: string, { drive }: ReturnType<typeof start>) => {
    const [timer] = await drive(id, await plan(id, 'begun'))
    return timer!.step
  }
  return { log, plan, start, moves, notes, timerOf }
}

describe('a timer that is due', () => {
  test('sends its command once, also in another process, and is not asked for again', async () => {
    const { start, notes, timerOf } = setUp()
    const here = start()
    const step = await timerOf('a', here)
    expect(await here.fire('a', step)).toEqual([])
    for (const process of [here, start()]) {
      process.asked.mockClear()
      expect(await process.fire('a', step)).toEqual([])
      expect(process.asked).not.toHaveBeenCalled()
    }
    expect(await notes('a')).toEqual(['begun', 'late'])
  })

  test('changes nothing while it may not fire', async () => {
    const { start, notes, timerOf } = setUp()
    const here = start()
    const step = await timerOf('a', here)
    expect(
      await here.fire(
        'a',
        step,
        vi.fn<() => Promise<boolean>>(async () => false),
      ),
    ).toBe(undefined)
    expect(await notes('a')).toEqual(['begun'])
  })

  test('is dropped where its run has ended or rests, in a process that has read the run or not', async () => {
    for (const how of ['end', 'rest']) {
      const { start, plan, notes, timerOf } = setUp()
      const here = start()
      const step = await timerOf('a', here)
      await here.drive('a', await plan('a', how))
      for (const process of [here, start()]) {
        expect(await process.fire('a', step)).toEqual([])
        expect(process.asked).not.toHaveBeenCalled()
        // A run that was read is not read again, nor is the end of one.
        process.read.mockClear()
        expect(await process.fire('a', step)).toEqual([])
        expect(process.read).not.toHaveBeenCalled()
      }
      expect(await notes('a')).toEqual(how === 'end' ? ['begun', 'end'] : ['begun'])
    }
  })

  test('is dropped where its run ends or rests in another process meanwhile', async () => {
    for (const how of ['end', 'rest']) {
      const { start, plan, notes, timerOf, moves } = setUp()
      const [here, there] = [start(), start()]
      const step = await timerOf('a', here)
      const outcome = await here.fire(
        'a',
        step,
        vi.fn<() => Promise<boolean>>(async () => {
          await there.drive('a', await plan('a', how))
          return true
        }),
      )
      expect([outcome, (await moves('a')).length]).toEqual([[], 2])
      expect(await notes('a')).not.toContain('late')
    }
  })
})

describe('a run', () => {
  test('that has ended still compensates what is refused', async () => {
    const { start, plan, notes, moves } = setUp()
    await start().drive('a', await plan('a', 'refused'))
    expect(await notes('a')).toEqual(['compensated'])
    expect((await moves('a')).map(({ ended }) => ended)).toEqual([true, true])
  })

  test('that comes to rest records so, once', async () => {
    const { start, plan, moves, notes } = setUp()
    const { drive } = start()
    await drive('a', await plan('a', 'begun'))
    for (const times of [1, 2]) {
      await drive('a', await plan('a', 'rest'))
      expect((await moves('a')).filter(({ resting }) => resting).length, `${times}`).toBe(1)
    }
    await drive('a', await plan('a', 'again'))
    expect(await notes('a')).toEqual(['begun', 'again'])
  })

  test('derives the ids of its commands from its stream, the revision and their index, in all versions', async () => {
    const { start, plan, moves } = setUp()
    const { drive } = start()
    for (const how of ['begun', 'again']) await drive('a', await plan('a', how))
    const ids = (await moves('a')).map(({ steps }) => steps.map(({ id }) => id))
    const idOf = (revision: number, index: number) =>
      derivedUuid('noting-a', String(revision), String(index))
    expect(ids).toEqual([
      [idOf(0, 0), idOf(0, 1)],
      [idOf(1, 0), idOf(1, 1)],
    ])
  })

  test('returns the timers of an event again that is delivered again to its process', async () => {
    const { start, plan, notes } = setUp()
    const { drive } = start()
    const input = await plan('a', 'begun')
    const times = [1, 2].map(() => drive('a', input, () => 1n))
    const [first, again] = await Promise.all(times)
    expect([first?.length, again]).toEqual([1, first])
    expect(await notes('a')).toEqual(['begun'])
  })

  test('gives up a move after some attempts, and records it at a later one', async () => {
    const { log, start, plan, notes } = setUp()
    let appends = 0
    let isAway = true
    const { appendTogether: _, ...alone } = log
    const { drive } = start({
      ...alone,
      append: async (stream, expected, events) => {
        if (isAway && stream === 'noting-a') {
          appends += 1
          throw new Unavailable('away')
        }
        return log.append(stream, expected, events)
      },
    })
    const input = await plan('a', 'begun')
    await expect(drive('a', input)).rejects.toBeInstanceOf(Unavailable)
    expect(appends).toBe(5)
    isAway = false
    await drive('a', input)
    expect(await notes('a')).toEqual(['begun'])
  })

  test('expects its stream to be new, or at the revision that it knows', async () => {
    const { log, start, plan } = setUp()
    const expected: unknown[] = []
    const { appendTogether: _, ...alone } = log
    const { drive } = start({
      ...alone,
      append: (stream, at, events) => {
        if (stream === 'noting-a') expected.push(at)
        return log.append(stream, at, events)
      },
    })
    for (const how of ['begun', 'again']) await drive('a', await plan('a', how))
    expect(expected).toEqual(['none', 0])
  })
})
