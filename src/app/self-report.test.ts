import { tmpdir } from 'node:os'
import { expect, test, vi } from 'vitest'
import { memoryReports } from '../platform/observability/reports/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { selfReport, type Measuring } from './self-report.ts'

const start = Date.parse('2030-01-01T00:00:00Z')
let now = start
let dropped = 0
const measured = (more: Partial<Measuring> = {}) =>
  selfReport({
    process: 'here:1',
    counts: {
      lastMinute: () => ({ all: 0, failed: 0, durations: [] }),
      commandsOfLastMinute: () => 7,
    },
    promises: { last: (minutes) => ({ orders: { reads: { met: minutes, missed: 0 } } }) },
    stores: {
      redis: async () => undefined,
      mongodb: () => Promise.reject(new Unavailable('MongoDB is away')),
    },
    breakers: () => [
      { url: 'http://a', state: 'closed' },
      { url: 'http://b', state: 'half-open' },
    ],
    clients: (['closed', 'open'] as const).map((state, nth) => ({
      name: ['mail', 'payments'][nth]!,
      status: () => ({ state, failed: 0, rejected: 0 }),
    })),
    folder: tmpdir(),
    clock: () => new Date(now - 2_500),
    certificates: { web: start + 60_000 },
    droppedLines: () => dropped,
    now: () => now,
    ...more,
  })

test('a process measures its stores, breakers, disk, clock and certificates', async () => {
  const { diskUsed, ...rest } = await measured().latest()
  expect(diskUsed).toBeGreaterThan(0)
  expect(diskUsed).toBeLessThan(1)
  expect(rest).toEqual({
    process: 'here:1',
    answers: { all: 0, failed: 0, durations: [] },
    commands: 7,
    promises: {
      fiveMinutes: { orders: { reads: { met: 5, missed: 0 } } },
      halfHour: { orders: { reads: { met: 30, missed: 0 } } },
    },
    stores: { redis: true, mongodb: false },
    breakers: { 'http://a': false, 'http://b': true },
    clients: { mail: false, payments: true },
    clockSkew: 2.5,
    certificates: { web: 60 },
    droppedLines: 0,
  })
  expect(await measured({ folder: '/there/is/none' }).latest()).not.toHaveProperty('diskUsed')
})

test('the process that leads the groups of consumers reports them, and when they were measured', async () => {
  const counts = { consumers: 1, inFlight: 0, waiting: 0, toRetry: 0, parked: 0 }
  const mail = { source: 'order-1', name: 'mail', ...counts, delivered: 1, done: 1, retried: 0 }
  const reported = async (groups: Measuring['groups']) =>
    (await measured(groups && { groups }).latest()).groups
  const at = new Date(now - 2_500).toISOString()
  expect(await reported(async () => [mail])).toEqual({ at, figures: [mail] })
  expect(await reported(() => Promise.reject(new Unavailable('The log is away')))).toBeUndefined()
  expect(await reported(undefined)).toBeUndefined()
})

test('a report is measured again when it is older than an interval, and dropped lines count once', async () => {
  const self = measured()
  dropped += 3
  const first = self.latest()
  expect(self.latest()).toBe(first)
  expect((await first).droppedLines).toBe(3)
  now += 15_001
  expect(await self.latest()).toMatchObject({ droppedLines: 0 })
})

test('reports are stored in each interval, and removed as the process stops; failures are reported', async () => {
  // Other timers are those of whatever else this worker does.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const reports = memoryReports()
    const errors: unknown[] = []
    let isAway = true
    const put: typeof reports.put = (report) =>
      isAway ? Promise.reject(new Unavailable('PostgreSQL is away')) : reports.put(report)
    const started = measured().start({ ...reports, put }, (error) => errors.push(error))
    vi.advanceTimersByTime(15_000)
    await vi.waitFor(() => expect(errors).toHaveLength(1))
    isAway = false
    vi.advanceTimersByTime(15_000)
    await vi.waitFor(async () => expect(await reports.recent(60_000)).toHaveLength(1))
    await started.close()
    expect(await reports.recent(60_000)).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
