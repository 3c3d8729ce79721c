import { expect, test } from 'vitest'
import { timeAfter } from './time-after.ts'

test('a time after another one is counted in UTC, over the ends of months and years', () => {
  expect(timeAfter('2030-12-31T23:59:59.999Z', 1)).toBe('2031-01-01T00:00:00.000Z')
  expect(timeAfter('2032-02-28T12:00:00+02:00', 24 * 60 * 60_000)).toBe('2032-02-29T10:00:00.000Z')
})
