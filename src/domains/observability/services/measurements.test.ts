import { describe, expect, test } from 'vitest'
import type { Report } from '../../../platform/observability/reports/port.ts'
import { answerCounts } from '../../../platform/observability/reports/answer-counts.ts'
import { promiseCounts } from '../../../platform/observability/reports/promise-counts.ts'
import { isBad, rules } from '../rules.ts'
import { measurementsOf, sampleLags, slowest, type Snapshot } from './measurements.ts'

const noDurations = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
const report = (process: string, more: Partial<Report> = {}): Report => ({
  process,
  answers: { all: 0, failed: 0, durations: noDurations },
  stores: {},
  breakers: {},
  clockSkew: 0,
  certificates: {},
  droppedLines: 0,
  ...more,
})
const none = { last: () => ({}) }
const nothing: Snapshot = {
  lags: [],
  samples: none,
  deadLetters: [],
  audits: [],
  reports: [],
  webhooks: [],
}
const bound = { lagEvents: 0, lagSeconds: 0, within: 1_000, store: 'postgres' }

/** Values by rule and subject. */
const valuesOf = (snapshot: Partial<Snapshot>) =>
  Object.fromEntries(
    measurementsOf({ ...nothing, ...snapshot }).map(({ rule, subject, value }) => [
      `${rule} ${subject}`,
      value,
    ]),
  )

test('promises and dead letters are measured by name', () => {
  expect(
    valuesOf({
      lags: [{ ...bound, name: 'orders' }],
      deadLetters: [
        { kind: 'projection', name: 'orders', count: 2_000 },
        { kind: 'saga', name: 'fulfilment', count: 1 },
        { kind: 'job', name: 'send-mail', count: 1 },
        { kind: 'bridge', name: 'kafka', count: 2 },
      ],
      bridges: [{ name: 'kafka', lagSeconds: 90 }],
    }),
  ).toEqual({
    'promise-missed orders': 0,
    'parked-documents orders': 2_000,
    'saga-stuck fulfilment': 1,
    'job-failing send-mail': 1,
    'bridge-lag kafka': 90,
    'bridge-parked kafka': 2,
  })
})

test('parked messages are counted by group, whatever clients have named them', () => {
  const named = (name: string, parked: number) => ({ source: 'order-1', name, parked })
  const values = valuesOf({
    groups: [named('mail', 0), named('two\nlines', 2), named('x'.repeat(500), 3)],
  })
  expect(values).toEqual({
    'group-parked order-1::mail': 0,
    'group-parked order-1::two lines': 2,
    [`group-parked ${'order-1::'.padEnd(200, 'x')}…`]: 3,
  })
})

test('deliveries of webhooks that were given up are counted by webhook', () =>
  expect(valuesOf({ webhooks: [{ id: 'a', givenUp: 3 }] })).toEqual({ 'webhook-failing a': 3 }))

test('documents that differ from the log are counted by read model', () => {
  const open = [{ key: 'a', kind: 'different', fields: ['reserved'] }] as const
  const audits = [
    { name: 'inventory', open },
    { name: 'orders', open: [] },
  ]
  expect(valuesOf({ audits })).toEqual({
    'audit-differences inventory': 1,
    'audit-differences orders': 0,
  })
})

test('promises are not judged while the store of their read model is away, as that is the alert', () => {
  const lags = [
    { ...bound, name: 'orders' },
    { ...bound, name: 'gigs', store: 'mongodb' },
  ]
  const reports = [
    report('a', { stores: { mongodb: false } }),
    report('b', { stores: { mongodb: true } }),
  ]
  expect(Object.keys(valuesOf({ lags, reports: reports.slice(1) }))).toContain(
    'promise-missed gigs',
  )
  const values = valuesOf({ lags, reports })
  expect(values).toMatchObject({ 'store-away mongodb': 1, 'promise-missed orders': 0 })
  expect(Object.keys(values)).not.toContain('promise-missed gigs')
})

describe('the share of a promise that was missed', () => {
  const lags = [{ ...bound, name: 'orders' }]
  const tallies = (missed: number, of: 'events' | 'reads' = 'reads') => ({
    orders: { [of]: { met: 10 - missed, missed } },
  })
  /** @param missed of ten, in each window of two processes */
  const measured = (short: number, long: number, of?: 'events' | 'reads') => {
    const promises = { fiveMinutes: tallies(short, of), halfHour: tallies(long, of) }
    const reports = [report('a', { promises }), report('b', { promises }), report('old')]
    return valuesOf({ lags, reports })['promise-missed orders']
  }

  test.each(['events', 'reads'] as const)('is that of %s of all processes', (of) =>
    expect(measured(3, 2, of)).toBe(0.2),
  )

  test('is missed no more once the short window is good again, and not yet in a moment', () => {
    expect(measured(0, 9)).toBe(0)
    expect(measured(9, 0)).toBe(0)
  })

  test('is not judged by fewer than twenty', () => {
    const promises = { fiveMinutes: tallies(10), halfHour: tallies(10) }
    expect(valuesOf({ lags, reports: [report('a', { promises })] })).toMatchObject({
      'promise-missed orders': 0,
    })
  })

  test('is that of the time as well: nobody need read a read model that stands still', () => {
    let now = 0
    const samples = promiseCounts(() => now)
    const values: number[] = []
    for (let n = 1; n <= 16; n += 1) {
      sampleLags(samples, [{ ...bound, name: 'orders', lagSeconds: 1.5 }])
      values.push(valuesOf({ lags, samples })['promise-missed orders'] ?? -1)
      now += 15_000
    }
    const rule = rules.find(({ name }) => name === 'promise-missed')
    expect.assert(rule)
    // After three minutes.
    expect(values.findIndex((value) => isBad(rule, value))).toBe(12)
  })
})

test('answers are measured over all processes: failures from twenty on, durations from a hundred on', () => {
  const durations = [0, 0, 0, 9, 0, 0, 0, 0, 1, 0, 0]
  const answers = { all: 10, failed: 1, durations }
  expect(valuesOf({ reports: [report('a', { answers })] })).toEqual({
    'clock-skew a': 0,
    'log-lines-dropped a': 0,
  })
  const reports = Array.from({ length: 10 }, (_, nth) => report(`a${nth}`, { answers }))
  const few = valuesOf({ reports: reports.slice(0, 9) })
  expect(few).toMatchObject({ 'error-rate all': 0.1 })
  expect(few).not.toHaveProperty('slow-answers all')
  expect(valuesOf({ reports })).toMatchObject({ 'slow-answers all': 5 })
})

test('answers that take one to two seconds are not slow, longer ones are', () => {
  const rule = rules.find(({ name }) => name === 'slow-answers')
  expect.assert(rule)
  const counted = (seconds: number) => {
    const counts = answerCounts(() => 0)
    for (let n = 0; n < 100; n += 1)
      counts.served({ route: '/a', status: 200, duration: seconds * 1_000 })
    return isBad(rule, slowest(counts.lastMinute().durations))
  }
  expect([0.9, 1.5, 2, 2.1, 60].map(counted)).toEqual([false, false, false, true, true])
})

test('one answer of a hundred may be slow', () => {
  expect(slowest([0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toBe(0.025)
  expect(slowest([0, 98, 0, 0, 0, 0, 0, 0, 0, 0, 2])).toBe(10)
})

test('what several processes report of one subject is judged by the worst', () => {
  const reports = [
    report('a', { stores: { redis: true, s3: true }, certificates: { web: 50 } }),
    report('b', {
      stores: { redis: false },
      certificates: { web: 40 },
      diskUsed: 0.5,
      clockSkew: 2,
    }),
    report('c:1', { breakers: { 'http://b': true }, droppedLines: 3, diskUsed: 0.9, clockSkew: 1 }),
    report('c:2', { breakers: { 'http://b': false }, droppedLines: 2, diskUsed: 0.8 }),
    report('d:1', { clients: { mail: true, payments: false } }),
    report('d:2', { clients: { mail: false } }),
  ]
  expect(valuesOf({ reports })).toMatchObject({
    'store-away redis': 1,
    'store-away s3': 0,
    'certificate-ends web': 40,
    'breaker-open http://b': 1,
    'disk-full b': 0.5,
    'clock-skew b': 2,
    'log-lines-dropped c': 5,
    'disk-full c': 0.9,
    'clock-skew c': 1,
    'client-away mail': 1,
    'client-away payments': 0,
  })
})
