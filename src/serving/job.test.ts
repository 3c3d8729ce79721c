import { expect, test } from 'vitest'
import { decider, Fields, Id } from '#kernel'
import { recorded } from '#kernel/testing'
import { Type } from 'typebox'
import type { Origin } from '../runtime/execution.ts'
import { NotCaughtUp } from '../runtime/reading.ts'
import { boundChore, chore } from './chore.ts'
import type { JobPorts } from './job-ports.ts'
import { boundJob, job } from './job.ts'

const lamp = decider({
  name: 'lamp',
  id: Id('LampId'),
  commands: {},
  events: { LampLit: Fields({ watts: Type.Integer() }), LampBroken: Fields({}) },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { LampLit: (state) => state, LampBroken: (state) => state },
})

const origin: Origin = { commandId: 'c', actorId: 'a', correlationId: 'x' }

/** Ports that no handler calls. */
const ports = { clock: () => new Date(0) } as JobPorts

const declared = (seen: unknown[]) => ({
  name: 'pay-for-light',
  from: [lamp] as const,
  on: {
    LampLit: ({ data: { watts } }: { readonly data: { readonly watts: number } }) =>
      watts === 0 ? undefined : watts,
  },
  run: async (...given: readonly [number, Origin, JobPorts]) => void seen.push(given),
})

test('the handlers of a bound job receive the data, the origin and the ports', async () => {
  const seen: unknown[] = []
  const error = new Error('away')
  const light = job({
    ...declared(seen),
    givenUp: async (...given) => void seen.push(given),
    options: { attempts: 3 },
  })
  const bound = boundJob(light, ports)
  const lit = (watts: number) => recorded('lamp-1', { type: 'LampLit', data: { watts } })
  expect([bound.name, bound.reads, bound.options]).toEqual([
    'pay-for-light',
    ['LampLit'],
    { attempts: 3 },
  ])
  expect([60, 0].map((watts) => bound.dataOf(lit(watts)))).toEqual([60, undefined])
  await bound.run(60, origin)
  if (typeof bound.givenUp !== 'function') throw new Error('It reports')
  await bound.givenUp(60, origin, error)
  expect(seen).toEqual([
    [60, origin, ports],
    [60, origin, error, ports],
  ])
})

test('the reason for reporting nothing is the same after binding', () => {
  const givenUp = { reportsNothing: 'Nothing waits for it.' }
  expect(boundJob(job({ ...declared([]), givenUp }), ports).givenUp).toEqual(givenUp)
})

test('the handler of a bound chore receives the ports', async () => {
  const seen: unknown[] = []
  const sweep = chore({ name: 'sweep', every: 7, run: async (given) => void seen.push(given) })
  const { run, ...rest } = boundChore(sweep, ports)
  await run()
  expect([rest, seen]).toEqual([{ name: 'sweep', every: 7 }, [ports]])
})

test('a read model that is not there yet is no failure of a bound chore; others are', async () => {
  const failing = (error: Error) =>
    boundChore(chore({ name: 'sweep', every: 7, run: () => Promise.reject(error) }), ports).run()
  await expect(failing(new NotCaughtUp('no generation yet'))).resolves.toBe(undefined)
  await expect(failing(new Error('away'))).rejects.toThrow('away')
})

test('a bound chore names the types of the events that can make work for it', () => {
  const [reads, events] = [['Rang', 'Fell'], { Swept: {} }]
  const sweep = chore({
    name: 'sweep',
    every: 7,
    reads: [{ reads }, { events }],
    run: async () => {},
  })
  expect(boundChore(sweep, ports).types).toEqual(['Rang', 'Fell', 'Swept'])
})
