import { idIn, known, oneOf, textIn, wholeIn, type Given } from '../ui/search-values.ts'

/** Orders of the gigs. */
const gigSorts = ['-createdAt', 'price', '-price', '-rating'] as const

/** What the gigs page shows, as its address says. Prices are in minor units. */
export type GigFilter = {
  readonly category?: string
  /** Id of the seller. */
  readonly seller?: string
  readonly minPrice?: number
  readonly maxPrice?: number
  /** Most days to the delivery. */
  readonly deliveryDays?: number
  /** Lowest average rating, 1 to 5. */
  readonly rating?: number
  readonly sort?: (typeof gigSorts)[number]
}

/** Reads a filter from an address; what it does not know is left out. */
export const gigFilter = (given: Given): GigFilter => {
  const sort = oneOf(gigSorts, given['sort'])
  return known({
    category: textIn(given['category']),
    seller: idIn(given['seller']),
    minPrice: wholeIn(given['minPrice'], 0),
    maxPrice: wholeIn(given['maxPrice'], 0),
    deliveryDays: wholeIn(given['deliveryDays'], 1, 365),
    rating: wholeIn(given['rating'], 1, 5),
    // The newest come first without it.
    sort: sort === gigSorts[0] ? undefined : sort,
  })
}
