import { describe, expect, test } from 'vitest'
import { zoneOf } from './time-zone.ts'

const at = (text: string): number => Date.parse(text)
const iso = (time: number): string => new Date(time).toISOString()
const berlin = zoneOf('Europe/Berlin')!
const kolkata = zoneOf('Asia/Kolkata')!

test('a name without a time zone has none', () => {
  for (const name of ['Europe/Atlantis', 'constructor', '', 'Mars'])
    expect(zoneOf(name)).toBeUndefined()
})

describe('days of a time zone with daylight saving time', () => {
  test('begin at its midnight, and have 23 or 25 hours as the clocks are set', () => {
    expect(iso(berlin.dayStart('2030-03-30'))).toBe('2030-03-29T23:00:00.000Z')
    expect(iso(berlin.dayStart('2030-03-31'))).toBe('2030-03-30T23:00:00.000Z')
    expect(iso(berlin.dayStart('2030-04-01'))).toBe('2030-03-31T22:00:00.000Z')
    const forward = at('2030-03-31T12:00:00Z')
    expect(berlin.endOf('day', forward) - berlin.startOf('day', forward)).toBe(23 * 3_600_000)
    const back = at('2030-10-27T12:00:00Z')
    expect(berlin.endOf('day', back) - berlin.startOf('day', back)).toBe(25 * 3_600_000)
  })

  test('have hours of their own while the clocks repeat one', () => {
    const names = ['2030-10-26T23:30Z', '2030-10-27T00:30Z', '2030-10-27T01:30Z'].map((time) =>
      berlin.bucketAt('hour', at(time)),
    )
    expect(names).toEqual([
      '2030-10-27T01:00+02:00',
      '2030-10-27T02:00+02:00',
      '2030-10-27T02:00+01:00',
    ])
  })

  test('begin where the clocks jump over midnight', () => {
    const santiago = zoneOf('America/Santiago')!
    // The clocks are set from midnight to one o'clock.
    expect(iso(santiago.dayStart('2022-09-11'))).toBe('2022-09-11T04:00:00.000Z')
    expect(santiago.bucketAt('day', at('2022-09-11T04:00:00Z'))).toBe('2022-09-11')
    expect(santiago.bucketAt('day', at('2022-09-11T03:59:00Z'))).toBe('2022-09-10')
  })
})

test.each([
  ['hour', '2030-01-02T05:00+05:30', '2030-01-01T23:30:00.000Z', '2030-01-02T00:30:00.000Z'],
  ['day', '2030-01-02', '2030-01-01T18:30:00.000Z', '2030-01-02T18:30:00.000Z'],
  ['week', '2029-12-31', '2029-12-30T18:30:00.000Z', '2030-01-06T18:30:00.000Z'],
  ['month', '2030-01', '2029-12-31T18:30:00.000Z', '2030-01-31T18:30:00.000Z'],
] as const)('a %s of a time zone of half hours is %s', (bucket, name, start, end) => {
  const time = at('2030-01-02T00:10:00Z')
  expect(kolkata.bucketAt(bucket, time)).toBe(name)
  expect(iso(kolkata.startOf(bucket, time))).toBe(start)
  expect(iso(kolkata.endOf(bucket, time))).toBe(end)
})

test('buckets follow each other without gaps over a year, in every zone', () => {
  for (const name of ['Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/New_York'])
    for (const bucket of ['hour', 'day', 'week', 'month'] as const) {
      const zone = zoneOf(name)!
      // On Lord Howe the clocks are set by half an hour, so that an hour of the day is cut.
      if (bucket === 'hour' && name === 'Australia/Lord_Howe') continue
      const steps = bucket === 'hour' ? 400 : bucket === 'day' ? 366 : 12
      let time = zone.startOf(bucket, at('2030-03-25T00:00:00Z'))
      for (let n = 0; n < steps; n += 1) {
        const next = zone.endOf(bucket, time)
        expect(zone.startOf(bucket, next)).toBe(next)
        expect(zone.startOf(bucket, next - 60_000)).toBe(time)
        time = next
      }
    }
})
