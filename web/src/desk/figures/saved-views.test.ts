import { expect, test } from 'vitest'
import { mostViews, viewsIn, withView } from './saved-views.ts'

const march = { name: 'March', search: { from: '2030-03-01', to: '2030-03-31' } }

test('a view replaces the one of its name, and comes first', () => {
  const other = { name: 'All', search: {} }
  expect(withView([other, march], { name: 'March', search: { metric: 'sales' } })).toStrictEqual([
    { name: 'March', search: { metric: 'sales' } },
    other,
  ])
  const many = Array.from({ length: mostViews }, (_, nth) => ({ name: String(nth), search: {} }))
  expect(withView(many, march).length).toBe(mostViews)
})

test('views are read again, and what is none is left out', () => {
  expect(viewsIn(JSON.stringify([march, { name: 3, search: {} }, null]))).toStrictEqual([march])
  expect(viewsIn(JSON.stringify([{ name: 'x', search: { metric: 'no' } }]))).toStrictEqual([
    { name: 'x', search: {} },
  ])
  expect([viewsIn(null), viewsIn('{'), viewsIn('{}')]).toStrictEqual([[], [], []])
})
