import { expect, test } from 'vitest'
import { hexOf, parsedSpanId, readUuid, spanIdOf } from './ids.ts'

const id = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736'

const words = (text: string): string | undefined => {
  const read = new Int32Array(4)
  return readUuid(text, read) ? hexOf(...read) : undefined
}

const digits = (text: string): string | undefined => {
  const read = spanIdOf(text)
  return read && hexOf(read.high, read.low)
}

test('a UUID is the number that its digits are, in both cases', () => {
  for (const text of [id, id.toUpperCase()]) {
    expect(words(text)).toBe('4bf92f3577b34da6a3ce929d0e0e4736')
    expect(digits(text)).toBe('a3ce929d0e0e4736')
  }
  expect(spanIdOf(id)).toEqual(parsedSpanId('a3ce929d0e0e4736'))
  const most = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
  expect(words(most)).toBe('f'.repeat(32))
  expect(digits(most)).toBe('f'.repeat(16))
})

test.each([
  '',
  'timer:7',
  id.slice(1),
  `${id}0`,
  id.replaceAll('-', '0'),
  `urn:uuid:${id}`,
  ...['g', '/', ':', '@', '`', ' ', 'ı', '\u0130', '😀'].map((other) =>
    `${id.slice(0, 30)}${other}${id}`.slice(0, 36),
  ),
])('%j is no UUID', (text) => {
  expect(words(text)).toBeUndefined()
  expect(digits(text)).toBeUndefined()
})

test('each digit and each hyphen of a UUID counts', () => {
  for (let at = 0; at < id.length; at++) {
    const text = `${id.slice(0, at)}x${id.slice(at + 1)}`
    expect(words(text), text).toBeUndefined()
    // The id of a span consists of the last digits.
    expect(digits(text) === undefined, text).toBe(at > 18 || id[at] === '-')
  }
})

test('what is no UUID leaves the bits of the last one as they were', () => {
  const read = Int32Array.of(1, 2, 3, 4)
  expect(readUuid(`${id.slice(0, 35)}x`, read)).toBe(false)
  expect([...read]).toEqual([1, 2, 3, 4])
})
