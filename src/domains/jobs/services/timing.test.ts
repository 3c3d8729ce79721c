import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueAfter, dueNext, firstDue } from './timing.ts'
import type { Timing } from '../language.ts'

/** The first due times after a moment, each one decided on as it comes. */
const dueTimes = (timing: Timing, from: string, count: number): readonly (string | undefined)[] => {
  const times = [firstDue(timing, from)]
  while (times.length < count) {
    const last = times.at(-1)
    times.push(last && dueAfter(timing, last, last))
  }
  return times
}
const berlin = (cron: string): Timing => ({ cron, timeZone: 'Europe/Berlin' })

describe('a cron expression in Berlin', () => {
  test('at 02:30 is due at 03:00 on the day on which 02:30 does not exist', () =>
    expect(dueTimes(berlin('30 2 * * *'), '2026-03-28T00:00:00.000Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]))

  test('at 02:30 is due once, the first time, on the day on which 02:30 comes twice', () => {
    expect(dueTimes(berlin('30 2 * * *'), '2026-10-24T00:00:00.000Z', 3)).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ])
    // Between the two.
    expect(firstDue(berlin('30 2 * * *'), '2026-10-25T00:45:00.000Z')).toBe(
      '2026-10-26T01:30:00.000Z',
    )
  })

  test('every half an hour goes through both hours', () =>
    expect(dueTimes(berlin('*/30 * * * *'), '2026-10-24T23:59:00.000Z', 5)).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T01:30:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]))

  test.each([
    ['30 2,14 * * *', ['2026-03-29T01:00:00.000Z', '2026-03-29T12:30:00.000Z']],
    ['30 1-3 * * *', ['00:30', '01:00', '01:30'].map((time) => `2026-03-29T${time}:00.000Z`)],
    ['*/15 2 * * *', ['2026-03-29T01:00:00.000Z', '2026-03-30T00:00:00.000Z']],
  ])('%s is due at 03:00 for times that do not exist', (cron, expected) =>
    expect(dueTimes(berlin(cron), '2026-03-28T23:00:00.000Z', expected.length)).toEqual(expected),
  )

  test.each([
    ['30 2,14 * * *', ['00:30', '13:30']],
    ['0,30 2 * * *', ['00:00', '00:30']],
    ['*/20 2 * * *', ['00:00', '00:20', '00:40']],
    ['0 0-3/2 * * *', ['00:00']],
  ])('%s is due once for times that come twice', (cron, times) => {
    const due = dueTimes(berlin(cron), '2026-10-24T22:00:00.000Z', times.length + 1)
    expect(due.slice(0, -1)).toEqual(times.map((time) => `2026-10-25T${time}:00.000Z`))
    expect(due.at(-1)).toMatch(/^2026-10-2[56]T(01|23)/)
  })

  test('may name the seconds first', () =>
    expect(firstDue(berlin('15 30 2 * * *'), '2026-06-01T00:00:00.000Z')).toBe(
      '2026-06-01T00:30:15.000Z',
    ))
})

test('an interval keeps its grid, and leaves out what has passed', () => {
  const timing = { everyMs: 60_000 }
  expect(firstDue(timing, '2030-01-01T00:00:30.000Z')).toBe('2030-01-01T00:01:30.000Z')
  for (const [now, next] of [
    ['2030-01-01T00:01:30.000Z', '2030-01-01T00:02:30.000Z'],
    ['2030-01-01T00:02:29.999Z', '2030-01-01T00:02:30.000Z'],
    ['2030-01-01T00:02:30.000Z', '2030-01-01T00:03:30.000Z'],
    ['2030-01-02T00:00:00.000Z', '2030-01-02T00:00:30.000Z'],
  ] as const)
    expect(dueAfter(timing, '2030-01-01T00:01:30.000Z', now)).toBe(next)
})

test('a cron expression leaves out what has passed', () =>
  expect(
    dueAfter(berlin('30 2 * * *'), '2026-06-01T00:30:00.000Z', '2026-06-04T12:00:00.000Z'),
  ).toBe('2026-06-05T00:30:00.000Z'))

test('a job that is due once is due once, also when it is resumed later', () => {
  const runAt = '2030-01-01T00:00:00.000Z'
  const later = '2030-01-02T00:00:00.000Z'
  expect(firstDue({ runAt }, later)).toBe(runAt)
  expect(dueAfter({ runAt }, runAt, later)).toBeUndefined()
  expect(dueNext({ runAt }, runAt, later)).toBe(runAt)
  expect(dueNext({ everyMs: 60_000 }, runAt, later)).toBe('2030-01-02T00:01:00.000Z')
  expect(dueNext({ everyMs: 60_000 }, later, runAt)).toBe(later)
})

/** Offset of a zone from UTC at a moment, both in ms. */
const offsetIn = (zone: string) => {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
  return (moment: number): number => {
    const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(format.format(moment)) ?? []
    const offset = Number(hours ?? 0) * 3_600_000 + Number(minutes ?? 0) * 60_000
    return sign === '-' ? -offset : offset
  }
}

/** The first moment at which the clocks of a zone show a time or a later one, in ms. @param shown the time, as if in UTC */
const firstShowing = (offsetAt: (moment: number) => number, shown: number): number => {
  const [before, later] = [offsetAt(shown - 86_400_000), offsetAt(shown + 86_400_000)]
  if (offsetAt(shown - before) === before) return shown - before
  if (offsetAt(shown - later) === later) return shown - later
  let [low, high] = [shown - 86_400_000, shown + 86_400_000]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === before) low = middle
    else high = middle
  }
  return high
}

test('each time of day of lists and ranges of hours is due once a day, when the clocks first show it or have skipped it', () => {
  // Days before the changes of 2026: by an hour, by half an hour, at midnight, in the south; and zones without any.
  const changes = [
    ['Europe/Berlin', '2026-03-28', '2026-10-24'],
    ['America/New_York', '2026-03-07', '2026-10-31'],
    ['Australia/Lord_Howe', '2026-04-04', '2026-10-03'],
    ['America/Santiago', '2026-04-04', '2026-09-05'],
    ['Africa/Cairo', '2026-04-23', '2026-10-29'],
    ['Asia/Kolkata', '2026-06-01', '2026-12-30'],
  ].flatMap(([zone = '', ...days]) => days.map((day) => [zone, day] as const))
  const some = (max: number, most: number) =>
    fc.uniqueArray(fc.nat(max), { minLength: 1, maxLength: most })
  fc.assert(
    fc.property(
      fc.constantFrom(...changes),
      fc.oneof(some(4, 3), some(23, 4)),
      some(59, 3),
      fc.nat(86_399),
      ([zone, day], hours, minutes, second) => {
        const offsetAt = offsetIn(zone)
        const from = Date.parse(`${day}T00:00:00.000Z`) + second * 1_000
        const midnight = Date.parse(`${day}T00:00:00.000Z`)
        const times = [-1, 0, 1, 2, 3].flatMap((days) =>
          hours.flatMap((hour) =>
            minutes.map((minute) =>
              firstShowing(offsetAt, midnight + days * 86_400_000 + (hour * 60 + minute) * 60_000),
            ),
          ),
        )
        const expected = [...new Set(times)].filter((time) => time > from).toSorted((a, b) => a - b)
        const timing = { cron: `${minutes.join()} ${hours.join()} * * *`, timeZone: zone }
        const due = dueTimes(timing, new Date(from).toISOString(), expected.length)
        expect(due).toEqual(expected.map((time) => new Date(time).toISOString()))
        // From any moment, not from due times only.
        const [last = ''] = due.slice(-1)
        const moments = expected.map((time) => new Date(time + 1_800_000).toISOString())
        for (const moment of moments.filter((one) => one < last))
          expect(firstDue(timing, moment)).toBe(
            due.find((one) => one !== undefined && one > moment),
          )
      },
    ),
    { numRuns: 100 },
  )
})
