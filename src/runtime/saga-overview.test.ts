import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { become, decider, end, Fields, rest, saga, sagaEventTypes } from '#kernel'
import { recorded } from '#kernel/testing'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { countRuns, sagaOverview, type SagaRun } from './saga-overview.ts'

const bell = decider({
  name: 'bell',
  id: Type.String(),
  commands: {},
  events: { Rang: Fields({}) },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { Rang: () => null } })

const echo = saga({
  name: 'echo',
  subject: 'Bell',
  from: [bell],
  to: [],
  key: ({ id }) => id,
}).rules<{ times: number }>({
  initialState: { times: 0 },
  on: {
    Rang: ({ times }) => {
      const state = { times: times + 1 }
      if (times === 1) return rest(state)
      return times === 2 ? end(state) : become(state)
    },
  },
})

/** Folds moves of one run. */
const folded = (overview: ReturnType<typeof sagaOverview>, moves: readonly object[]) =>
  moves.reduce<SagaRun | undefined>((run, data, nth) => {
    const [type = ''] = Object.values(sagaEventTypes(echo))
    const event = recorded('echo-7', { type, data }, { at: `2030-01-01T00:00:0${nth}.000Z` })
    expect(overview.keysOf(event)).toEqual(['echo-7'])
    return overview.evolve(run as never, event, 'echo-7') as SagaRun
  }, undefined)

test('a run is running until it ends or rests, and counts its moves', () => {
  const overview = sagaOverview([echo])
  expect(overview.reads).toEqual(Object.values(sagaEventTypes(echo)))
  expect(folded(overview, [{}])).toEqual({
    id: 'echo-7',
    saga: 'echo',
    key: '7',
    state: 'running',
    moves: 1,
    startedAt: '2030-01-01T00:00:00.000Z',
    updatedAt: '2030-01-01T00:00:00.000Z',
  })
  expect(folded(overview, [{}, { resting: true }])).toMatchObject({
    state: 'ended',
    moves: 2,
    startedAt: '2030-01-01T00:00:00.000Z',
    updatedAt: '2030-01-01T00:00:01.000Z',
  })
  expect(folded(overview, [{}, { resting: true }, {}])).toMatchObject({ state: 'running' })
  expect(folded(overview, [{}, { ended: true }])).toMatchObject({ state: 'ended' })
})

test('runs are counted by saga and state', async () => {
  const overview = sagaOverview([echo])
  const documents = memoryDocuments()
  const generation = await documents.begin(overview)
  await documents.publish(generation)
  const run = folded(overview, [{}])!
  const runs = [
    run,
    { ...run, id: 'echo-8', state: 'ended' },
    { ...run, id: 'echo-9', state: 'ended' },
  ]
  const upserts = new Map(runs.map((one) => [one.id, one]))
  await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
  expect(await countRuns(documents, overview, [echo, { name: 'other' }])).toEqual([
    { saga: 'echo', state: 'running', runs: 1 },
    { saga: 'echo', state: 'ended', runs: 2 },
    { saga: 'other', state: 'running', runs: 0 },
    { saga: 'other', state: 'ended', runs: 0 },
  ])
})
