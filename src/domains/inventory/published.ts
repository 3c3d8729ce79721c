import { Fields, publishing } from '#kernel'
import { ProductId } from '../shared/index.ts'
import { stock } from './stock.ts'

const ofStock = publishing(stock)

/** Events of this context for other systems. */
export const published = [
  ofStock('StockDepleted', {
    data: Fields({ productId: ProductId }),
    of: (_, productId) => ({ productId }),
  }),
]
