import { expect, test } from 'vitest'
import { byteRange } from './byte-range.ts'

test.each([
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=2-5', { start: 2, end: 6 }],
  ['Bytes=2-', { start: 2, end: 10 }],
  ['bytes=9-99', { start: 9, end: 10 }],
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-99', { start: 0, end: 10 }],
  ['bytes=10-', 'beyond'],
  ['bytes=10-12', 'beyond'],
  ['bytes=-0', 'beyond'],
  ['bytes=5-2', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=0-1,3-4', 'whole'],
  ['lines=0-1', 'whole'],
  ['bytes=a-b', 'whole'],
  [undefined, 'whole'],
])('%s of ten bytes', (header, range) => expect(byteRange(header, 10)).toEqual(range))

test('nothing has no range', () => {
  expect(byteRange('bytes=0-', 0)).toBe('beyond')
  expect(byteRange('bytes=-1', 0)).toBe('beyond')
})
