import { Type, type TSchema } from 'typebox'
import { composed, type AnyProjection } from '#kernel'
import { FoundGig, foundGigs, type GigFilters } from '../../gigs/services/found-gigs.ts'
import { foundMedia } from '../../media/services/found-media.ts'
import { ShownMedia } from '../../media/services/media-answer.ts'
import type { MediaKind } from '../../media/language.ts'
import { AnyOrderStatus } from '../../ordering/language.ts'
import { searchTypes, type SearchType } from '../language.ts'
import { foundPosts, type PostFilters } from '../../posts/services/found-posts.ts'
import { ShownPost } from '../../posts/services/shown-posts.ts'
import { foundUsers } from '../../profiles/services/found-users.ts'
import { Shown } from '../../profiles/services/visibility.ts'
import {
  searchGigs,
  searchMedia,
  searchOrders,
  searchPosts,
  searchProducts,
  searchUsers,
} from '../../../projections/index.ts'
import { allows, type Caller } from '../../../serving/caller.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { between } from '../../../serving/lists.ts'
import type { Ports } from '../../../serving/ports.ts'
import { searched, type FoundPage, type SearchAsking } from '../../../serving/searching.ts'

type SearchPorts = Pick<Ports, 'readModels' | 'cursors' | 'apiUrl' | 'clock' | 'config' | 'keys'>

/** Filters of products. */
export const productFilters = {
  category: Type.Optional(composed(Type.String({ maxLength: 100 }))),
  minPrice: Type.Optional(Type.Integer({ minimum: 0, description: 'In minor units' })),
  maxPrice: Type.Optional(Type.Integer({ minimum: 0, description: 'In minor units' })),
  inStock: Type.Optional(Type.Boolean()),
}

/** Filters of orders. */
export const orderFilters = { status: Type.Optional(AnyOrderStatus) }

type ProductAsking = SearchAsking & {
  readonly category?: string
  readonly minPrice?: number
  readonly maxPrice?: number
  readonly inStock?: boolean
}

type OrderAsking = SearchAsking & { readonly status?: AnyOrderStatus }

/**
 * Searches products.
 * @param facets names of the facets to count
 * @throws Problem 400 as `searched`
 */
export const foundProducts = (
  ports: SearchPorts,
  asking: ProductAsking,
  facets: readonly string[] = [],
) => {
  const { category, minPrice, maxPrice, inStock } = asking
  const price = between(minPrice, maxPrice)
  return searched(ports, searchProducts, asking, {
    filters: {
      ...(category !== undefined && { category }),
      ...(price !== undefined && { price }),
      ...(inStock !== undefined && { inStock }),
    },
    facets,
  })
}

/** Searches the orders of the caller and of the caller's gigs; all, for an admin. @throws Problem 400 as `searched` */
export const foundOrders = (ports: SearchPorts, caller: Caller, asking: OrderAsking) =>
  searched(ports, searchOrders, asking, {
    ...(asking.status !== undefined && { where: { status: asking.status } }),
    // Those who may see an order: its buyer, and the seller of a gig.
    ...(!allows('admin', caller) && { anyOf: [{ userId: caller.id }, { sellerId: caller.id }] }),
  })

/** Text, limit and filters of a search in several types. */
export type AllAsking = Pick<SearchAsking, 'q' | 'limit' | 'minPosition'> &
  Omit<ProductAsking, keyof SearchAsking> &
  GigFilters &
  PostFilters & { readonly kind?: MediaKind } & Omit<OrderAsking, keyof SearchAsking>

/** A type of documents that can be searched. */
type Searchable = {
  /** Its read model. */
  readonly projection: AnyProjection
  /** Schema of the documents in answers. */
  readonly document: TSchema
  readonly search: (
    ports: SearchPorts,
    caller: Caller,
    asking: AllAsking,
  ) => Promise<FoundPage<unknown>>
}

/** Whether a text names a type that can be searched. */
export const isSearchType = (name: string): name is SearchType =>
  searchTypes.some((type) => type === name)

/** The types by name. */
export const searchables: Readonly<Record<SearchType, Searchable>> = {
  products: {
    projection: searchProducts,
    document: DocumentFrom(searchProducts),
    search: (ports, _, asking) => foundProducts(ports, asking),
  },
  users: { projection: searchUsers, document: Shown, search: foundUsers },
  gigs: {
    projection: searchGigs,
    document: FoundGig,
    search: (ports, _, asking) => foundGigs(ports, asking),
  },
  orders: { projection: searchOrders, document: DocumentFrom(searchOrders), search: foundOrders },
  posts: { projection: searchPosts, document: ShownPost, search: foundPosts },
  media: { projection: searchMedia, document: ShownMedia, search: foundMedia },
}
