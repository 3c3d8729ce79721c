import { expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { product } from '../domains/catalog/language.ts'
import { stock } from '../domains/inventory/language.ts'
import { ProductId } from '../domains/shared/index.ts'
import { stocking } from './stocking.ts'

test('the stock of a new product is initialized', () => {
  const id = derivedId(ProductId, 'lamp')
  const created = recorded(streamOf(product, id), {
    type: 'ProductCreated',
    data: { name: 'Lamp', category: 'light', price: { amount: 1999, currency: 'EUR' } },
  })
  expect(reacting(stocking).given().on(created)).toEqual({
    state: null,
    steps: [send(stock, id, 'InitializeStock')],
    ended: true,
  })
})
