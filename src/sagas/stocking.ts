import { end, only, saga, send } from '#kernel'
import { product } from '../domains/catalog/language.ts'
import { stock } from '../domains/inventory/language.ts'

/** Initializes the stock of each new product. */
export const stocking = saga({
  name: 'stocking',
  subject: 'Stocking',
  from: [product],
  to: [only(stock, 'InitializeStock')],
  key: ({ id }) => id,
}).rules<null>({
  initialState: null,
  on: { ProductCreated: (_, { id }) => end(null, send(stock, id, 'InitializeStock')) },
})
