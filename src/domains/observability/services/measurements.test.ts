import { expect, test } from 'vitest'
import type { Report } from '../../../platform/observability/reports/port.ts'
import { measurementsOf, slowest, type Snapshot } from './measurements.ts'

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
const nothing: Snapshot = { lags: [], deadLetters: [], reports: [] }

/** Values by rule and subject. */
const valuesOf = (snapshot: Partial<Snapshot>) =>
  Object.fromEntries(
    measurementsOf({ ...nothing, ...snapshot }).map(({ rule, subject, value }) => [
      `${rule} ${subject}`,
      value,
    ]),
  )

test('lags and dead letters are measured by name', () => {
  const letter = (kind: 'projection' | 'saga' | 'job', name: string) => ({ kind, name })
  expect(
    valuesOf({
      lags: [{ name: 'orders', lagEvents: 5, lagSeconds: 61.5 }],
      deadLetters: [
        letter('projection', 'orders'),
        letter('projection', 'orders'),
        letter('saga', 'fulfilment'),
        letter('job', 'send-mail'),
      ],
    }),
  ).toEqual({
    'projection-lag orders': 61.5,
    'parked-documents orders': 2,
    'saga-stuck fulfilment': 1,
    'job-failing send-mail': 1,
  })
})

test('answers are measured over all processes, from twenty on', () => {
  const durations = [0, 0, 0, 9, 0, 0, 0, 0, 1, 0, 0]
  const answers = { all: 10, failed: 1, durations }
  expect(valuesOf({ reports: [report('a', { answers })] })).toEqual({
    'clock-skew a': 0,
    'log-lines-dropped a': 0,
  })
  const reports = [report('a', { answers }), report('b', { answers })]
  expect(valuesOf({ reports })).toMatchObject({ 'error-rate all': 0.1, 'slow-answers all': 5 })
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
    report('c', { breakers: { 'http://b': true }, droppedLines: 3 }),
    report('d', { breakers: { 'http://b': false } }),
  ]
  expect(valuesOf({ reports })).toMatchObject({
    'store-away redis': 1,
    'store-away s3': 0,
    'certificate-ends web': 40,
    'breaker-open http://b': 1,
    'disk-full b': 0.5,
    'clock-skew b': 2,
    'log-lines-dropped c': 3,
  })
})
