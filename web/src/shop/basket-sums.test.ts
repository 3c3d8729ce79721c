import { describe, expect, test } from 'vitest'
import { obstacleOf, sumsOf, type FilledLine } from './basket-sums.ts'

const line = (quantity: number, amount: number, stock = 5, currency = 'EUR'): FilledLine => ({
  productId: `of ${amount}`,
  quantity,
  product: {
    id: `of ${amount}`,
    name: 'Lamp',
    category: 'light',
    price: { amount, currency },
    stock,
    rating: { average: 0, count: 0, sum: 0 },
    revision: 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
  },
})

describe('the sums of a basket', () => {
  test('are in minor units, without rounding', () =>
    expect(sumsOf([line(3, 1999), line(1, 1)])).toStrictEqual([{ amount: 5998, currency: 'EUR' }]))

  test('are one for each currency', () =>
    expect(sumsOf([line(1, 100), line(2, 50, 5, 'JPY'), line(1, 5)])).toStrictEqual([
      { amount: 105, currency: 'EUR' },
      { amount: 100, currency: 'JPY' },
    ]))

  test.each([null, undefined])('do not count a line whose product is %s', (product) =>
    expect(sumsOf([{ ...line(1, 100), product }, line(1, 5)])).toStrictEqual([
      { amount: 5, currency: 'EUR' },
    ]),
  )
})

describe('a line of a basket', () => {
  test.each([
    [line(5, 100), undefined],
    [line(6, 100), 'tooMany'],
    [line(1, 100, 0), 'soldOut'],
    [{ ...line(1, 100), product: null }, 'gone'],
    [{ ...line(1, 100), product: undefined }, undefined],
  ])('can be ordered unless it has an obstacle', (one, obstacle) =>
    expect(obstacleOf(one)).toBe(obstacle),
  )
})
