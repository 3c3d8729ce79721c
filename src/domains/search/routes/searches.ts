import { Type, type Static, type TSchema } from 'typebox'
import { Fields, patternMessage } from '#kernel'
import { FoundGig, foundGigs, gigFilters } from '../../gigs/services/found-gigs.ts'
import { foundMedia, mediaFilters } from '../../media/services/found-media.ts'
import { ShownMedia } from '../../media/services/media-answer.ts'
import { foundPosts, postFilters } from '../../posts/services/found-posts.ts'
import { ShownPost } from '../../posts/services/shown-posts.ts'
import { foundUsers } from '../../profiles/services/found-users.ts'
import { Shown } from '../../profiles/services/visibility.ts'
import { searchOrders, searchProducts } from '../../../projections/index.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { minPositionOf } from '../../../serving/lists.ts'
import { invalid } from '../../../serving/problem.ts'
import { route } from '../../../serving/route.ts'
import {
  hitsOf,
  nextCursor,
  SearchingQuery,
  type FoundPage,
  type ShownHit,
} from '../../../serving/searching.ts'
import { searchTypes, type SearchType } from '../language.ts'
import {
  foundOrders,
  foundProducts,
  isSearchType,
  orderFilters,
  productFilters,
  searchables,
} from '../services/searchable.ts'

/** Schema of a page of hits. @param document schema of the documents */
const Page = <T extends TSchema>(document: T) =>
  Type.Unsafe<{
    readonly hits: readonly ShownHit<Static<T>>[]
    readonly total: number
    readonly nextCursor?: string
  }>(Type.Object({ ...hitsOf(document), nextCursor }))

const Count = Type.Integer({ description: 'Without the filter of this facet' })

/** Schema of a page of hits with facets. @param document schema of the documents @param facets schemas by name */
const FacetedPage = <T extends TSchema>(document: T, facets: Readonly<Record<string, TSchema>>) =>
  Type.Unsafe<Pick<FoundPage<Static<T>>, 'hits' | 'total' | 'facets' | 'nextCursor'>>(
    Type.Object({ ...hitsOf(document), facets: Type.Object({ ...facets }), nextCursor }),
  )

/** Schema of a facet by value. */
const Values = (value: TSchema) => Type.Array(Type.Object({ value, count: Count }))

/** Schema of a facet by range. @param unit of the numbers */
const Ranges = (unit: string) =>
  Type.Array(
    Type.Object({
      from: Type.Optional(Type.Integer({ description: unit })),
      to: Type.Optional(Type.Integer({ description: `${unit}, excluded` })),
      count: Count,
    }),
  )

const ProductPage = FacetedPage(DocumentFrom(searchProducts), {
  category: Values(Type.String()),
  price: Ranges('In minor units'),
  inStock: Values(Type.Boolean()),
})

const GigPage = FacetedPage(FoundGig, {
  category: Values(Type.String()),
  price: Ranges('In minor units'),
  deliveryDays: Ranges('In days'),
  rating: Ranges('Average rating'),
})

/** The answer of a search in one type. */
const pageOf = <D>({ hits, total, nextCursor: next, position }: FoundPage<D>) => ({
  data: { hits, total, ...(next !== undefined && { nextCursor: next }) },
  position,
})

const { cursor: _, ...allFilters } = SearchingQuery({
  ...productFilters,
  ...gigFilters,
  ...orderFilters,
  ...postFilters,
  ...mediaFilters,
}).properties

/** A search in several types, in their order of declaration. */
const AllHits = Type.Unsafe<
  Readonly<
    Partial<Record<SearchType, { readonly hits: readonly unknown[]; readonly total: number }>>
  >
>(
  Type.Object(
    Object.fromEntries(
      searchTypes.map((type) => [
        type,
        Type.Optional(Type.Object(hitsOf(searchables[type].document))),
      ]),
    ),
  ),
)

/** @throws Problem 400 when a type is unknown */
const typesIn = (types: string | undefined): readonly SearchType[] => {
  if (types === undefined) return searchTypes
  const names = types.split(',')
  const known = names.filter(isSearchType)
  if (known.length < names.length)
    throw invalid('types', `must be some of ${searchTypes.join(', ')}, separated by commas`)
  return searchTypes.filter((type) => known.includes(type))
}

/** Searches by type. */
export const searchRoutes = [
  route({
    method: 'GET',
    url: '/search/products',
    access: 'public',
    operationId: 'searchProducts',
    summary: 'Search products by words of their name or description, with facets',
    description:
      'Every word must be found: exactly, as the beginning of a word, in spite of a typo, or within a word. The best hits come first, the newest among equals. Highlights are ranges of `name` and `description`.',
    query: SearchingQuery(productFilters),
    data: ProductPage,
    handle: async ({ query }, ports) => {
      const page = await foundProducts(ports, query, ['category', 'price', 'inStock'])
      const { data, position } = pageOf(page)
      return { data: { ...data, facets: page.facets }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/search/gigs',
    access: 'public',
    operationId: 'searchGigs',
    summary: 'Search published gigs by words of their title, tags or description, with facets',
    description:
      'As in the search of products. Highlights are ranges of `title` and `description`.',
    query: SearchingQuery(gigFilters),
    data: GigPage,
    handle: async ({ query }, ports) => {
      const page = await foundGigs(ports, query, ['category', 'price', 'deliveryDays', 'rating'])
      const { data, position } = pageOf(page)
      return { data: { ...data, facets: page.facets }, position }
    },
  }),

  route({
    method: 'GET',
    url: '/search/users',
    access: 'user',
    operationId: 'findUsers',
    rpcs: [{ name: 'agora.search.v1.SearchService/SearchUsers' }],
    summary: 'Search users by words of their username, name or bio',
    description: 'Users without a public profile are found by their username only.',
    query: SearchingQuery({}),
    data: Page(Shown),
    handle: async ({ query, caller }, ports) => pageOf(await foundUsers(ports, caller, query)),
  }),

  route({
    method: 'GET',
    url: '/search/orders',
    access: 'user',
    operationId: 'searchOrders',
    summary:
      'Search the caller’s orders by names of their items or by id; all orders, for an admin',
    query: SearchingQuery(orderFilters),
    data: Page(DocumentFrom(searchOrders)),
    handle: async ({ query, caller }, ports) => pageOf(await foundOrders(ports, caller, query)),
  }),

  route({
    method: 'GET',
    url: '/search/posts',
    access: 'user',
    operationId: 'searchPosts',
    rpcs: [{ name: 'agora.search.v1.SearchService/SearchPosts' }],
    summary: 'Search posts by words of their text, or by a tag',
    description:
      'Posts that you may not read are neither found nor counted: `total` is the number of hits on this page, and one more where there is a next page. Highlights are ranges of `content`.',
    query: SearchingQuery(postFilters),
    data: Page(ShownPost),
    handle: async ({ query, caller }, ports) => pageOf(await foundPosts(ports, caller, query)),
  }),

  route({
    method: 'GET',
    url: '/search/media',
    access: 'user',
    operationId: 'searchMedia',
    summary: 'Search your files by words of their names',
    description: 'Highlights are ranges of `name`.',
    query: SearchingQuery(mediaFilters),
    data: Page(ShownMedia),
    handle: async ({ query, caller }, ports) => pageOf(await foundMedia(ports, caller, query)),
  }),

  route({
    method: 'GET',
    url: '/search',
    access: 'user',
    operationId: 'searchAll',
    rpcs: [{ name: 'agora.search.v1.SearchService/SearchAll' }],
    summary: 'Search several types at once',
    description:
      'A filter restricts the types that have it. Further pages are read from the search of one type.',
    query: Fields({
      ...allFilters,
      types: Type.Optional(
        patternMessage(
          'must be names of types, separated by commas',
          Type.String({
            maxLength: 100,
            pattern: '^[a-z]+(,[a-z]+)*$',
            description: `Some of ${searchTypes.join(', ')}. Default: all`,
            examples: ['products,users'],
          }),
        ),
      ),
    }),
    data: AllHits,
    handle: async ({ query: { types, ...asking }, caller }, ports) => {
      const found = await Promise.all(
        typesIn(types).map(async (type) => ({
          type,
          page: await searchables[type].search(ports, caller, asking),
        })),
      )
      const positions = found.flatMap(({ page }) => page?.position ?? [])
      const least = positions.toSorted((a, b) => (a < b ? -1 : 1))[0] ?? minPositionOf(asking)
      return {
        data: Object.fromEntries(
          found.map(({ type, page }) => [
            type,
            { hits: page?.hits ?? [], total: page?.total ?? 0 },
          ]),
        ),
        ...(least !== undefined && { position: least }),
      }
    },
  }),
]
