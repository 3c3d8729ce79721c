import { afterAll, beforeAll, expect, test } from 'vitest'
import { httpWorld, noOperations, type HttpWorld } from '../../../test/support/http.ts'
import type { GroupSummary } from '../../platform/messaging/consumer-groups/port.ts'
import { memoryReports } from '../../platform/observability/reports/memory.ts'
import type { GroupFigures } from '../../platform/observability/reports/port.ts'

const stored = { strategy: 'RoundRobin', view: 'full', checkpoint: 7n, replaying: 0 } as const
const groups: readonly GroupSummary[] = ['live', 'behind', 'idle', 'new'].map((name, parked) => ({
  source: '$all',
  name,
  ...stored,
  parked,
}))
const figures = (name: string, more: Partial<GroupFigures>): GroupFigures => ({
  source: '$all',
  name,
  lag: 9,
  consumers: 1,
  inFlight: 0,
  waiting: 0,
  toRetry: 0,
  parked: 0,
  delivered: 5,
  done: 4,
  retried: 1,
  ...more,
})
const report = {
  answers: { all: 0, failed: 0, durations: [] },
  stores: {},
  breakers: {},
  clockSkew: 0,
  certificates: {},
  droppedLines: 0,
}
const [before, at] = ['2030-01-01T00:00:00.000Z', '2030-01-01T00:00:15.000Z']

let world: HttpWorld
let admin: Awaited<ReturnType<HttpWorld['someone']>>
const replays: unknown[] = []
beforeAll(async () => {
  const operations = {
    ...noOperations,
    consumerGroups: async () => groups,
    replayParked: async (key: object, limit?: number) => {
      replays.push({ ...key, limit })
      return 'name' in key && key.name === 'live' ? 3 : undefined
    },
  }
  const reports = memoryReports()
  world = await httpWorld({ contexts: ['platform'], operations, reports })
  admin = await world.someone('root', 'admin')
  // That of a process that led before, and stopped without removing its report.
  const old = { at: before, figures: [figures('live', { consumers: 9 })] }
  await reports.put({ ...report, process: 'a:1', groups: old })
  const last = [
    figures('live', {}),
    figures('behind', { waiting: 4 }),
    figures('idle', { consumers: 0 }),
  ]
  await reports.put({ ...report, process: 'b:1', groups: { at, figures: last } })
  await reports.put({ ...report, process: 'c:1' })
})
afterAll(() => world[Symbol.asyncDispose]())

test('groups are listed as stored, with what the process that leads measured last', async () => {
  const { status, body } = await admin.call('GET', '/admin/consumer-groups')
  expect(status).toBe(200)
  const { groups: listed, total } = body.data
  expect(total).toBe(4)
  expect(listed[0]).toEqual({
    ...groups[0],
    checkpoint: '7',
    state: 'live',
    measured: {
      at,
      lag: 9,
      consumers: 1,
      inFlight: 0,
      waiting: 0,
      toRetry: 0,
      delivered: 5,
      done: 4,
      retried: 1,
    },
  })
  expect(
    listed.map(({ state, parked }: GroupSummary & { state: string }) => [state, parked]),
  ).toEqual([
    ['live', 0],
    ['behind', 1],
    ['idle', 2],
    ['unknown', 3],
  ])
})

test('parked messages are replayed by the name of the group, and their number is answered', async () => {
  const key = { source: '$all', name: 'live' }
  const replay = (body: object) => admin.call('POST', '/admin/consumer-groups/replay', body)
  const { status, body } = await replay({ ...key, limit: 3 })
  expect([status, body.data]).toEqual([202, { messages: 3 }])
  expect((await replay({ ...key, name: 'none' })).status).toBe(404)
  expect((await replay({ ...key, limit: 0 })).status).toBe(400)
  expect(replays).toEqual([
    { ...key, limit: 3 },
    { source: '$all', name: 'none', limit: undefined },
  ])
})

test('analysts and buyers may neither list groups nor replay their messages', async () => {
  replays.length = 0
  for (const role of ['analyst', 'buyer'] as const) {
    const other = await world.someone(`a-${role}`, role)
    const listing = await other.call('GET', '/admin/consumer-groups')
    const replay = await other.call('POST', '/admin/consumer-groups/replay', {
      source: '$all',
      name: 'live',
    })
    expect([listing.status, replay.status]).toEqual([403, 403])
  }
  expect(replays).toEqual([])
})
