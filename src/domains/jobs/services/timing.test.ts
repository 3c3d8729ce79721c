import { describe, expect, test } from 'vitest'
import { dueAfter, dueWhenResumed, firstDue } from './timing.ts'
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
  expect(dueWhenResumed({ runAt }, runAt, later)).toBe(runAt)
  expect(dueWhenResumed({ everyMs: 60_000 }, runAt, later)).toBe('2030-01-02T00:01:00.000Z')
  expect(dueWhenResumed({ everyMs: 60_000 }, later, runAt)).toBe(later)
})
