import { productFilter } from './product-filter.ts'

/** Types of what can be found, in the order in which they are shown. */
export const searchTypes = ['products', 'gigs', 'users', 'posts', 'orders'] as const

/** A type of what can be found. */
export type SearchType = (typeof searchTypes)[number]

/** Types that anonymous visitors can search. */
export const publicTypes: readonly SearchType[] = ['products', 'gigs']

/** What the search page asks, as its address says: a text, in all types or one; filters are for products. */
export type SearchQuestion = {
  readonly q: string
  readonly type?: SearchType
  readonly category?: string
  readonly minPrice?: number
  readonly maxPrice?: number
  readonly inStock?: boolean
}

/** Reads a question from an address; what it does not know is left out. */
export const searchQuestion = (given: Readonly<Record<string, unknown>>): SearchQuestion => {
  const type = searchTypes.find((one) => one === given['type'])
  const { q = '', sort: _, ...filter } = productFilter(given)
  return {
    q,
    ...(type !== undefined && { type }),
    ...(type === 'products' && filter),
  }
}
