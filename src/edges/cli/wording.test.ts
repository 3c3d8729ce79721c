import { expect, test } from 'vitest'
import { formatCount, formatDuration, plural, truncated } from './wording.ts'

test('numbers are grouped, and plurals are formed', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567')
  expect(formatCount(9_007_199_254_740_993n)).toBe('9,007,199,254,740,993')
  expect([plural(1, 'event'), plural(2_000, 'event')]).toEqual(['1 event', '2,000 events'])
})

test.each([
  [0, '0 ms'],
  [0.0854, '85 ms'],
  [0.9996, '1.0 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.6, '1 min'],
  [185, '3 min 5 s'],
  [7_500, '2 h 5 min'],
])('%d seconds are formatted as %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text))

test('a long text is truncated to its first line and to the length', () => {
  expect(truncated('too small\n  at fold', 20)).toBe('too small')
  expect(truncated('much too long', 6)).toBe('much …')
})
