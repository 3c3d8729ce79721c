import { expect, test } from 'vitest'
import { projectionsBy } from '../projections/index.ts'
import { checkedRunners } from './projection-runners.ts'

const projections = projectionsBy({ feedFanOut: 1 })
const check = (name: string, number: number, isEngineUsed = false) =>
  checkedRunners(new Map([[name, number]]), projections, {
    storeFor: ({ store }) => (isEngineUsed ? store : 'postgres'),
  })

test('a read model that is folded document by document may have several runners', () => {
  expect(check('orders', 2).get('orders')).toBe(2)
  expect(check('search_products', 2, true).get('search_products')).toBe(2)
  expect(check('feed', 1).get('feed')).toBe(1)
})

test.for([
  ['ordres', /names ordres, which is no read model/],
  ['feed', /feed, which has one runner only: its documents fan out/],
  ['search_products', /search_products, which .*: PostgreSQL counts the words/],
] as const)('%s may not: the reason is given', ([name, reason]) => {
  expect(() => check(name, 2)).toThrow(reason)
})
