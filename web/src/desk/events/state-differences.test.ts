import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pointerOf, readablePath } from './json-path.ts'
import { differencesOf } from './state-differences.ts'

test('differences are the fields that were added, removed and changed', () => {
  expect(
    differencesOf(
      { status: 'PLACED', total: { amount: 3, currency: 'EUR' }, note: 'soon' },
      { status: 'PAID', total: { amount: 4, currency: 'EUR' }, payment: { id: 'p1' } },
    ),
  ).toStrictEqual([
    { kind: 'changed', path: ['status'], before: 'PLACED', after: 'PAID' },
    { kind: 'changed', path: ['total', 'amount'], before: 3, after: 4 },
    { kind: 'added', path: ['payment'], after: { id: 'p1' } },
    { kind: 'removed', path: ['note'], before: 'soon' },
  ])
})

test('entries of arrays are compared by their place, and an array differs from an object', () => {
  expect(differencesOf({ items: [1, 2] }, { items: [1, 3, 4] })).toStrictEqual([
    { kind: 'changed', path: ['items', '1'], before: 2, after: 3 },
    { kind: 'added', path: ['items', '2'], after: 4 },
  ])
  expect(differencesOf({}, [])).toStrictEqual([
    { kind: 'changed', path: [], before: {}, after: [] },
  ])
  expect(differencesOf({ a: undefined }, {})).toStrictEqual([])
  expect(differencesOf(null, { a: 1 })).toStrictEqual([
    { kind: 'changed', path: [], before: null, after: { a: 1 } },
  ])
})

/** Applies differences to a value: what a reader of the list does in the head. */
const applied = (value: unknown, differences: ReturnType<typeof differencesOf>): unknown => {
  const whole: unknown = { root: structuredClone(value) }
  for (const one of differences.toReversed()) {
    let place = whole
    const path = ['root', ...one.path]
    for (const part of path.slice(0, -1)) place = Reflect.get(Object(place), part)
    const last = path.at(-1) ?? ''
    if (one.kind !== 'removed') Reflect.set(Object(place), last, one.after)
    else if (Array.isArray(place)) place.splice(Number(last), 1)
    else Reflect.deleteProperty(Object(place), last)
  }
  return Reflect.get(Object(whole), 'root')
}

test('the differences lead from the first value to the second', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (before, after) => {
      const differences = differencesOf(before, after)
      expect(applied(before, differences)).toEqual(after)
      expect(differencesOf(after, after)).toStrictEqual([])
    }),
  )
})

test('paths are readable, and pointers are escaped', () => {
  expect(readablePath(['items', '0', 'price'])).toBe('items[0].price')
  expect(readablePath(['a b', 'größe'])).toBe('["a b"].größe')
  expect(readablePath([])).toBe('')
  expect(pointerOf(['a/b', 'c~d', '0'])).toBe('/a~1b/c~0d/0')
})
