import { Type, type Static } from 'typebox'
import { composed, type DocumentOf } from '#kernel'
import { searchGigs } from '../../../projections/index.ts'
import { between, minPositionOf } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import { searched, type FoundPage, type SearchAsking } from '../../../serving/searching.ts'
import { GigId, MediaId, Money } from '../../shared/index.ts'
import { Seller, sellersNow } from './sellers.ts'

/** Filters of gigs, in lists and searches. */
export const gigFilters = {
  category: Type.Optional(composed(Type.String({ maxLength: 100 }))),
  minPrice: Type.Optional(Type.Integer({ minimum: 0, description: 'In minor units' })),
  maxPrice: Type.Optional(Type.Integer({ minimum: 0, description: 'In minor units' })),
  deliveryDays: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Delivered within so many days, by one package' }),
  ),
  rating: Type.Optional(
    Type.Number({ minimum: 0, maximum: 5, description: 'Average rating at the least' }),
  ),
}

/** Values of the filters. */
export type GigFilters = {
  readonly category?: string
  readonly minPrice?: number
  readonly maxPrice?: number
  readonly deliveryDays?: number
  readonly rating?: number
}

/** A gig as searches show it. */
export const FoundGig = Type.Object({
  id: GigId,
  seller: Seller,
  title: Type.String(),
  description: Type.String(),
  category: Type.String(),
  tags: Type.Array(Type.String()),
  mediaIds: Type.Array(MediaId),
  from: Money,
  deliveryDays: Type.Integer({ description: 'Of the quickest package' }),
  rating: Type.Object({ average: Type.Number(), count: Type.Integer() }),
  createdAt: Type.String({ format: 'date-time' }),
  updatedAt: Type.String({ format: 'date-time' }),
})
export type FoundGig = Static<typeof FoundGig>

const foundGig = (document: DocumentOf<typeof searchGigs>, seller: Seller): FoundGig => {
  const { sellerId: _, tagLines: __, status: ___, suspended: ____, rating, ...gig } = document
  return { ...gig, seller, rating: { average: rating.average, count: rating.count } }
}

/** Field of an answer for each field that gigs are found by; a highlight in the tags has no place there. */
const shownFields: ReadonlySet<string> = new Set(['title', 'description'])

/**
 * Searches published gigs.
 * @param facets names of the facets to count
 * @throws Problem 400 as `searched`
 */
export const foundGigs = async (
  ports: Pick<Ports, 'readModels' | 'cursors'>,
  asking: SearchAsking & GigFilters,
  facets: readonly string[] = [],
): Promise<FoundPage<FoundGig>> => {
  const { category, minPrice, maxPrice, deliveryDays, rating } = asking
  const price = between(minPrice, maxPrice)
  const found = await searched(ports, searchGigs, asking, {
    where: { status: 'PUBLISHED' },
    filters: {
      ...(category !== undefined && { category }),
      ...(price !== undefined && { price }),
      ...(deliveryDays !== undefined && { deliveryDays: { lte: deliveryDays } }),
      ...(rating !== undefined && { rating: { gte: rating } }),
    },
    facets,
  })
  const documents = found.hits.map(({ document }) => document)
  const sellerOf = await sellersNow(ports.readModels, documents, minPositionOf(asking))
  return {
    ...found,
    hits: found.hits.map(({ id, document, highlights }) => ({
      id,
      document: foundGig(document, sellerOf(document)),
      highlights: highlights.filter(({ field }) => shownFields.has(field)),
    })),
  }
}
