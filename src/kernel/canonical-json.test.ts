import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

test('equal values give equal text, whatever the order of their fields', () => {
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
])('%j and %j give different text', (one, other) =>
  expect(canonicalJson(one)).not.toBe(canonicalJson(other)),
)

test('names are sorted by UTF-16 code units, and numbers are written as in RFC 8785', () => {
  // The example of RFC 8785 §3.2.3.
  const names = ['\r', '1', '\u0080', 'ö', '€', '😀', '\ufb33']
  const shuffled = Object.fromEntries(
    ['€', '\r', '\ufb33', '1', '😀', '\u0080', 'ö'].map((it) => [it, 0]),
  )
  expect(canonicalJson(shuffled)).toBe(`{${names.map((it) => `${JSON.stringify(it)}:0`).join()}}`)
  // The numbers of RFC 8785 §3.2.2.
  const numbers: unknown = JSON.parse('[333333333.33333329, 1E30, 4.50, 2e-3, 1e-27, -0]')
  expect(canonicalJson(numbers)).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0]')
})

test('a lone surrogate is written as an escape', () =>
  expect(canonicalJson({ '\ude00': '\ud83d' })).toBe('{"\\ude00":"\\ud83d"}'))

test('undefined fields are omitted, as by JSON.stringify', () =>
  expect(canonicalJson({ a: undefined, b: [undefined] })).toBe('{"b":[null]}'))
