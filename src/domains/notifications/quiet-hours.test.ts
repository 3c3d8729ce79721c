import { assert, constantFrom, integer, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { quietUntil } from './quiet-hours.ts'

const night = { from: '22:00', to: '07:00' }

test.each([
  ['2030-01-07T21:30:10.000Z', 'Europe/Berlin', '2030-01-08T06:00:00.000Z'],
  ['2030-01-08T05:59:59.000Z', 'Europe/Berlin', '2030-01-08T06:00:00.000Z'],
  ['2030-01-08T06:00:00.000Z', 'Europe/Berlin', undefined],
  ['2030-01-07T20:59:00.000Z', 'Europe/Berlin', undefined],
  ['2030-01-07T21:00:00.000Z', 'Europe/Berlin', '2030-01-08T06:00:00.000Z'],
  ['2030-01-07T21:30:00.000Z', 'UTC', undefined],
  ['2030-01-07T13:30:00.000Z', 'Asia/Tokyo', '2030-01-07T22:00:00.000Z'],
  ['2030-01-07T03:30:00.000Z', 'Asia/Kathmandu', undefined],
  // The clocks are changed in these nights.
  ['2030-03-30T22:00:00.000Z', 'Europe/Berlin', '2030-03-31T05:00:00.000Z'],
  ['2030-10-26T21:00:00.000Z', 'Europe/Berlin', '2030-10-27T06:00:00.000Z'],
  ['2030-01-07T23:30:00.000Z', 'no such zone', '2030-01-08T07:00:00.000Z'],
])('at %s in %s it is quiet until %s', (at, zone, until) =>
  expect(quietUntil(at, night, zone)).toBe(until),
)

test('quiet hours within a day, and none', () => {
  const noon = { from: '12:00', to: '14:00' }
  expect(quietUntil('2030-01-07T13:59:00.000Z', noon, 'UTC')).toBe('2030-01-07T14:00:00.000Z')
  expect(quietUntil('2030-01-07T14:00:00.000Z', noon, 'UTC')).toBeUndefined()
  const none = { from: '12:00', to: '12:00' }
  expect(quietUntil('2030-01-07T12:00:00.000Z', none, 'UTC')).toBeUndefined()
})

test('quiet hours that end in the hour which the clocks skip end with it', () => {
  const hours = { from: '22:00', to: '02:30' }
  for (const at of ['2030-03-30T21:00:00.000Z', '2030-03-31T00:59:59.999Z'])
    expect(quietUntil(at, hours, 'Europe/Berlin')).toBe('2030-03-31T01:00:00.000Z')
})

test('quiet hours end later than now, at a time that is not quiet, the first one', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  ]
  const more = ['America/Santiago', 'Africa/Cairo', 'Pacific/Apia', 'Asia/Beirut']
  // Nights in which one of these zones changes its clocks, and one in which none does.
  const nights = [
    '2030-03-31',
    '2030-10-27',
    '2030-03-10',
    '2030-11-03',
    '2030-04-07',
    '2030-10-06',
  ]
  const others = ['2030-09-08', '2030-04-26', '2030-01-07']
  const time = tuple(integer({ min: 0, max: 23 }), integer({ min: 0, max: 59 })).map(
    ([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`,
  )
  const moment = tuple(
    constantFrom(...nights, ...others),
    integer({ min: -86_400_000, max: 86_400_000 }),
  ).map(([night, ms]) => new Date(Date.parse(night) + ms))
  assert(
    property(constantFrom(...zones, ...more), time, time, moment, (zone, from, to, at) => {
      const until = quietUntil(at.toISOString(), { from, to }, zone)
      if (until === undefined) return
      expect(Date.parse(until)).toBeGreaterThan(at.getTime())
      expect(quietUntil(until, { from, to }, zone)).toBeUndefined()
      const before = new Date(Math.max(at.getTime(), Date.parse(until) - 60_000)).toISOString()
      expect(quietUntil(before, { from, to }, zone)).toBe(until)
    }),
    { numRuns: 500 },
  )
})
