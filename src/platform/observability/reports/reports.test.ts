import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { answerCounts } from './answer-counts.ts'
import { memoryReports } from './memory.ts'
import { addedTallies, promiseCounts } from './promise-counts.ts'
import type { Report, Reports } from './port.ts'
import { postgresReports } from './postgres.ts'

const report = (process: string, more: Partial<Report> = {}): Report => ({
  process,
  answers: { all: 3, failed: 1, durations: [1, 2] },
  stores: { redis: false },
  breakers: { 'http://10.0.0.7:3000': true },
  diskUsed: 0.25,
  clockSkew: 0.5,
  certificates: { web: 12 },
  droppedLines: 0,
  promises: { fiveMinutes: {}, halfHour: { orders: { events: { met: 2, missed: 1 } } } },
  ...more,
})

const lastOfEach = async (reports: Reports) => {
  await reports.put(report('a'))
  await reports.put(report('b'))
  await reports.put(report('a', { clockSkew: 3 }))
  const before = await reports.recent(60_000)
  await reports.remove('a')
  return [before, await reports.recent(60_000)]
}
const lasts = [[report('a', { clockSkew: 3 }), report('b')], [report('b')]]

test('the last report of each process is read, until it is removed: in memory', async () =>
  expect(await lastOfEach(memoryReports())).toEqual(lasts))

test('the last report of each process is read, until it is removed: in PostgreSQL', async () => {
  await using fresh = await freshDatabase()
  const reports = postgresReports(fresh.database)
  expect(await lastOfEach(reports)).toEqual(lasts)
  const since = (age: string) =>
    fresh.database.query(`UPDATE agora.process_reports SET reported_at = now() - interval '${age}'`)
  await since('2 minutes')
  expect(await reports.recent(60_000)).toEqual([])
  await since('2 hours')
  await reports.put(report('c'))
  expect(await fresh.database.query('SELECT process FROM agora.process_reports')).toEqual([
    { process: 'c' },
  ])
  await fresh.database.query(`UPDATE agora.process_reports SET report = '{"process": "c"}'`)
  expect(await reports.recent(60_000)).toEqual([])
})

test('answers are counted over the last minute, by status and duration, those to probes excepted', () => {
  let now = 7_000
  const counts = answerCounts(() => now)
  const route = '/api/v1/orders'
  counts.served({ route, status: 200, duration: 5 })
  counts.served({ route, status: 404, duration: 10 })
  counts.served({ route, status: 503, duration: 11 })
  counts.served({ route, status: 500, duration: 60_000 })
  counts.served({ route: '/api/v1/health/ready', status: 503, duration: 1 })
  counts.served({ route: '/metrics', status: 200, duration: 1 })
  const all = { all: 4, failed: 2, durations: [2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1] }
  expect(counts.lastMinute()).toEqual(all)
  counts.decided()
  expect(counts.commandsOfLastMinute()).toBe(1)
  now += 30_000
  counts.served({ route, status: 200, duration: 5 })
  expect(counts.lastMinute()).toEqual({
    ...all,
    all: 5,
    durations: [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  })
  now += 30_000
  expect(counts.lastMinute()).toMatchObject({ all: 1, failed: 0 })
  now += 60_000
  expect(counts.lastMinute()).toMatchObject({ all: 0 })
  expect(counts.commandsOfLastMinute()).toBe(0)
})

test('promises are counted over the last minutes, by read model', () => {
  let now = 7_000
  const counts = promiseCounts(() => now)
  counts.count('orders', 'events', 3, 0)
  counts.count('orders', 'events', 0, 1)
  counts.count('gigs', 'reads', 1, 0)
  const before = {
    orders: { events: { met: 3, missed: 1 } },
    gigs: { reads: { met: 1, missed: 0 } },
  }
  expect(counts.last(5)).toEqual(before)
  now += 6 * 60_000
  counts.count('orders', 'reads', 1, 1)
  expect(counts.last(5)).toEqual({ orders: { reads: { met: 1, missed: 1 } } })
  expect(counts.last(30)).toEqual({
    ...before,
    orders: { ...before.orders, reads: { met: 1, missed: 1 } },
  })
  expect(addedTallies([counts.last(5), counts.last(30)]).orders).toEqual({
    events: { met: 3, missed: 1 },
    reads: { met: 2, missed: 2 },
  })
  now += 40 * 60_000
  expect(counts.last(30)).toEqual({})
})
