import { expect, test } from 'vitest'
import { shortDuration } from './duration.ts'

test('durations are in the unit that has few digits', () => {
  const of = (ms: number) => shortDuration(ms, String)
  expect([0, 999, 1_500, 59_000, 90_000, 3_600_000, 172_800_000].map(of)).toStrictEqual([
    '0 ms',
    '999 ms',
    '1.5 s',
    '59 s',
    '1.5 min',
    '1 h',
    '2 d',
  ])
})
