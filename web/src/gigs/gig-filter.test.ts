import { describe, expect, test } from 'vitest'
import { gigFilter } from './gig-filter.ts'

describe('a filter of gigs', () => {
  test('reads what an address says', () => {
    const seller = '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11'
    const filter = {
      category: 'design',
      seller,
      minPrice: 0,
      maxPrice: 5_000,
      deliveryDays: 3,
      rating: 4,
      sort: 'price',
    }
    expect(gigFilter(filter)).toStrictEqual(filter)
  })

  test('takes a category of digits, which addresses have as a number', () => {
    expect(gigFilter({ category: 3 })).toStrictEqual({ category: '3' })
  })

  test('leaves out what the API would refuse, and the order that is the default', () => {
    const filter = {
      category: ' ',
      seller: 'me',
      minPrice: -1,
      maxPrice: 1.5,
      deliveryDays: 366,
      rating: 6,
      sort: '-createdAt',
      other: 1,
    }
    expect(gigFilter(filter)).toStrictEqual({})
  })
})
