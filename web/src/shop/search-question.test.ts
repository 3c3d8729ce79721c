import { expect, test } from 'vitest'
import { searchQuestion } from './search-question.ts'

test.each([
  [{ q: 'lamp' }, { q: 'lamp' }],
  [{}, { q: '' }],
  [{ q: 7, type: 'media' }, { q: '7' }],
  [
    {
      q: ' lamp ',
      type: 'products',
      category: 'light',
      minPrice: 100,
      inStock: true,
      sort: 'name',
    },
    { q: 'lamp', type: 'products', category: 'light', minPrice: 100, inStock: true },
  ],
  [
    { q: 'lamp', type: 'gigs', category: 'light' },
    { q: 'lamp', type: 'gigs' },
  ],
])('the address %j asks %j', (given, question) =>
  expect(searchQuestion(given)).toStrictEqual(question),
)
