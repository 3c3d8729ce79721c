import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { Fields } from '#kernel'
import { fieldDifferences, isIgnored, valueAt } from './field-differences.ts'

const schema = Fields({
  id: Type.String(),
  price: Fields({ amount: Type.Integer(), currency: Type.String() }),
  items: Type.Array(Fields({ name: Type.String(), sizes: Type.Array(Type.Integer()) })),
  paidBy: Type.Optional(Type.Union([Fields({ card: Type.String() }), Type.Null()])),
  votes: Type.Record(Type.String(), Type.Integer()),
})

const before = {
  id: 'a',
  price: { amount: 5, currency: 'EUR' },
  items: [{ name: 'cup', sizes: [1, 2] }],
  paidBy: { card: '1' },
  votes: { ann: 1 },
}

const pathsOf = (next: unknown) =>
  fieldDifferences(schema, before, next).map(({ path, place }) => [path, place.join('/')])

test('differences are named by field: nested ones with dots, entries of lists with []', () => {
  expect(pathsOf({ ...before, id: 'b', price: { ...before.price, amount: 6 } })).toEqual([
    ['id', 'id'],
    ['price.amount', 'price/amount'],
  ])
  const items = [
    { name: 'mug', sizes: [1, 3] },
    { name: 'jug', sizes: [] },
  ]
  expect(pathsOf({ ...before, items })).toEqual([
    ['items[].name', 'items/0/name'],
    ['items[].sizes[]', 'items/0/sizes/1'],
    ['items[]', 'items/1'],
  ])
  expect(pathsOf({ ...before, paidBy: { card: '2' } })).toEqual([['paidBy.card', 'paidBy/card']])
  expect(pathsOf({ ...before, paidBy: null })).toEqual([['paidBy', 'paidBy']])
})

test('names that no schema declares are not shown: they may be personal', () => {
  expect(pathsOf({ ...before, votes: { ann: 2, bob: 1 }, ada: 1 })).toEqual([
    ['votes.*', 'votes/ann'],
    ['votes.*', 'votes/bob'],
    ['*', 'ada'],
  ])
})

test('a difference has both values, undefined where there is none', () => {
  const { paidBy: _, ...next } = before
  expect(fieldDifferences(schema, before, next)).toEqual([
    { path: 'paidBy', place: ['paidBy'], old: { card: '1' }, next: undefined },
  ])
})

test('there is no difference if, and only if, two documents are deeply equal', () => {
  const Json = fc.jsonValue({ maxDepth: 3 })
  const Pairs = fc.oneof(
    fc.tuple(Json, Json),
    Json.map((one) => [one, structuredClone(one)] as const),
    // Close to each other: one entry more, or one value another.
    fc.tuple(fc.dictionary(fc.string(), Json), fc.string(), Json).map(([one, name, value]) => {
      const more = Object.fromEntries([...Object.entries(one), [name, value]])
      return [one, more] as const
    }),
  )
  fc.assert(
    fc.property(Pairs, ([old, next]) => {
      const found = fieldDifferences(schema, old, next)
      expect(found.length === 0).toBe(isDeepStrictEqual(old, next))
      for (const { place, old: one, next: other } of found) {
        expect([valueAt(old, place), valueAt(next, place)]).toStrictEqual([one, other])
        expect(isDeepStrictEqual(one, other)).toBe(false)
      }
    }),
    { numRuns: 300 },
  )
})

test('an ignored field is ignored with all that is in it, and no other', () => {
  for (const path of ['items', 'items[]', 'items[].name', 'items[].sizes[]'])
    expect(isIgnored(path, ['price', 'items'])).toBe(true)
  expect(isIgnored('items[].name', ['items[].name'])).toBe(true)
  for (const path of ['itemsSold', 'id', 'price2.amount', 'items'])
    expect(isIgnored(path, ['items[].name', 'price', 'item'])).toBe(false)
})
