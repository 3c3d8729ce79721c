import { known, oneOf, textIn, wholeIn, type Given } from '../ui/search-values.ts'

/** Orders of the products. */
const sorts = ['-createdAt', 'price', '-price', 'name'] as const

/** What the shop shows, as its address says. Prices are in minor units. */
export type ProductFilter = {
  readonly q?: string
  readonly category?: string
  readonly minPrice?: number
  readonly maxPrice?: number
  readonly inStock?: boolean
  readonly sort?: (typeof sorts)[number]
}

/** Reads a filter from an address; what it does not know is left out. */
export const productFilter = (given: Given): ProductFilter => {
  const sort = oneOf(sorts, given['sort'])
  return known({
    q: textIn(given['q']),
    category: textIn(given['category']),
    minPrice: wholeIn(given['minPrice'], 0),
    maxPrice: wholeIn(given['maxPrice'], 0),
    inStock: given['inStock'] === true ? true : undefined,
    // The newest come first without it.
    sort: sort === sorts[0] ? undefined : sort,
  })
}
