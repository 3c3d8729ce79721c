import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

test('equal values give equal text, however their fields were ordered', () => {
  const one = { b: [1, { d: null, c: 'ü"' }], a: 1.5, 10: true, 9: false }
  const other = { 9: false, a: 1.5, 10: true, b: [1, { c: 'ü"', d: null }] }
  expect(canonicalJson(one)).toBe('{"10":true,"9":false,"a":1.5,"b":[1,{"c":"ü\\"","d":null}]}')
  expect(canonicalJson(other)).toBe(canonicalJson(one))
})

test.each([
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: 1 }, { a: '1' }],
  [{ a: null }, {}],
  [{ a: { b: 1 } }, { a: 1, b: 1 }],
])('%j and %j are not the same', (one, other) =>
  expect(canonicalJson(one)).not.toBe(canonicalJson(other)),
)

test('a field without a value is none, as in JSON', () =>
  expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}'))
