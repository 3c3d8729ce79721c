import { expect, test } from 'vitest'
import { durationOf } from './duration.ts'

test.each([
  [0, { days: 0, hours: 0, minutes: 0 }],
  [1, { days: 0, hours: 0, minutes: 1 }],
  [3_600, { days: 0, hours: 1, minutes: 0 }],
  [86_400 + 7_200 + 59, { days: 1, hours: 2, minutes: 1 }],
])('%d seconds have these units', (seconds, duration) =>
  expect(durationOf(seconds)).toStrictEqual(duration),
)
