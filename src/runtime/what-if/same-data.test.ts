import { expect, test } from 'vitest'
import { sameData, sameMessages } from './same-data.ts'

test('data are compared as JSON: an undefined field is missing, and lists have an order', () => {
  expect(sameData({ a: 1, b: undefined }, { a: 1 })).toBe(true)
  expect(sameData({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toBe(true)
  expect(sameData({ a: [1, 2] }, { a: [2, 1] })).toBe(false)
  expect(sameData([], {})).toBe(false)
  expect(sameData({ a: null }, {})).toBe(false)
  expect(sameData('1', 1)).toBe(false)
})

test('times may differ by the tolerance, and other texts may not', () => {
  const [one, other] = ['2030-01-01T00:00:00.000Z', '2030-01-01T00:00:00.900Z']
  expect(sameData({ at: one }, { at: other })).toBe(false)
  expect(sameData({ at: one }, { at: other }, 1_000)).toBe(true)
  expect(sameData({ at: one }, { at: other }, 500)).toBe(false)
  expect(sameData('a', 'b', 1_000)).toBe(false)
})

test('messages are compared by number, type and data', () => {
  const one = { type: 'A', data: { n: 1 } }
  expect(sameMessages([one], [{ ...one }])).toBe(true)
  expect(sameMessages([one], [])).toBe(false)
  expect(sameMessages([one], [{ ...one, type: 'B' }])).toBe(false)
  expect(sameMessages([one], [{ ...one, data: { n: 2 } }])).toBe(false)
})
