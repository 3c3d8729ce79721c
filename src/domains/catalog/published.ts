import { Type } from 'typebox'
import { Fields, publishing } from '#kernel'
import { ProductId, RecordedMoney } from '../shared/index.ts'
import { product } from './product.ts'

const ofProduct = publishing(product)

const texts = { name: Type.String(), category: Type.String() }

/** Events of this context for other systems. */
export const published = [
  ofProduct('ProductCreated', {
    data: Fields({ productId: ProductId, ...texts, price: RecordedMoney }),
    of: ({ name, category, price }, productId) => ({ productId, name, category, price }),
  }),
  ofProduct('ProductUpdated', {
    data: Fields({ productId: ProductId, ...texts }),
    of: ({ name, category }, productId) => ({ productId, name, category }),
  }),
  ofProduct('ProductPriceChanged', {
    data: Fields({ productId: ProductId, price: RecordedMoney, previous: RecordedMoney }),
    of: ({ price, previous }, productId) => ({ productId, price, previous }),
  }),
  ofProduct('ProductDeleted', {
    data: Fields({ productId: ProductId }),
    of: (_, productId) => ({ productId }),
  }),
]
