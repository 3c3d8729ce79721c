import { expect, test } from 'vitest'
import { paceOf } from './replay-pace.ts'

const second = (at: number): string => new Date(Date.parse('2030-01-01') + at * 1_000).toISOString()

/** Waits as the pace requires; returns when each event was due, in ms after the first. */
const scheduleOf = (speed: number, seconds: readonly number[], lateness = 0): number[] => {
  let now = 100
  const waitFor = paceOf(speed, () => now)
  return seconds.map((at) => {
    now += waitFor(second(at))
    const due = now - 100
    now += lateness
    return due
  })
}

test('at speed 1, events are due at the recorded pace', () =>
  expect(scheduleOf(1, [0, 1, 1, 3.5])).toEqual([0, 1_000, 1_000, 3_500]))

test('the speed divides the gaps between events', () => {
  expect(scheduleOf(10, [0, 1, 4])).toEqual([0, 100, 400])
  expect(scheduleOf(0.5, [0, 1, 2])).toEqual([0, 2_000, 4_000])
})

test('a pause is at most 5 s', () =>
  expect(scheduleOf(1, [0, 3_600, 3_601])).toEqual([0, 5_000, 6_000]))

test('an event with an earlier time is due at once, and delays no later one', () =>
  expect(scheduleOf(1, [0, 4, 2, 5])).toEqual([0, 4_000, 4_000, 5_000]))

test('a delay in writing is made up in the next pause', () =>
  expect(scheduleOf(1, [0, 0, 0, 1], 200)).toEqual([0, 200, 400, 1_000]))
