import type { Money } from '../i18n/formats.ts'
import type { BasketLine } from './basket.ts'
import type { Product } from './product-queries.ts'

/** A line of the basket with its product: undefined while it is read, null if it is no longer on sale. */
export type FilledLine = BasketLine & { readonly product: Product | null | undefined }

/** What keeps a line from being ordered as it is. */
export type Obstacle = 'gone' | 'soldOut' | 'tooMany'

/** Returns what keeps a line from being ordered; undefined if nothing does, as far as is known. */
export const obstacleOf = ({ product, quantity }: FilledLine): Obstacle | undefined => {
  if (product === null) return 'gone'
  if (product === undefined || quantity <= product.stock) return undefined
  return product.stock > 0 ? 'tooMany' : 'soldOut'
}

/** Returns the price of all pieces of a line. */
export const priceOf = ({ amount, currency }: Money, quantity: number): Money => ({
  amount: amount * quantity,
  currency,
})

/** Returns the sums of lines, one for each currency; lines without a product count nothing. */
export const sumsOf = (lines: readonly FilledLine[]): readonly Money[] => {
  const sums = new Map<string, number>()
  for (const { product, quantity } of lines)
    if (product)
      sums.set(
        product.price.currency,
        (sums.get(product.price.currency) ?? 0) + product.price.amount * quantity,
      )
  return [...sums].map(([currency, amount]) => ({ amount, currency }))
}
