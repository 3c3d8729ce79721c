import { hash } from 'node:crypto'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import type { AnyProjection, Facet, Searching } from '#kernel'
import { fieldOf, type Field } from '../documents/fields.ts'
import { storable } from '../documents/json.ts'
import { InvalidQuery, type Scalar } from '../documents/port.ts'
import { resolveQuery, type Comparing, type ResolvedQuery } from '../documents/resolved-query.ts'
import type { SearchQuery } from './port.ts'
import { wordsOfQuery } from './words.ts'

/** The place of a hit in the order of an answer. */
export type SearchPlace = {
  readonly rank: number
  /** Undefined where the document has none: such come last. */
  readonly newest: Scalar | undefined
  readonly key: string
}

/** A facet of a read model, with its field. */
export type ResolvedFacet = {
  readonly name: string
  readonly field: Field
  readonly ranges?: NonNullable<Facet['ranges']>
}

/** A search whose fields are known to be there and whose values fit them. */
export type ResolvedSearch = {
  readonly searching: Searching
  /** Words looked for, folded; none finds every document. */
  readonly words: readonly string[]
  readonly where: Pick<ResolvedQuery, 'all' | 'anyOf'>
  /** Filters by facet name. */
  readonly filters: ReadonlyMap<string, readonly Comparing[]>
  readonly facets: readonly ResolvedFacet[]
  readonly newest: Field
  readonly limit: number
  readonly after?: SearchPlace
  /** Digest of all that must be the same for a place to be continued from. */
  readonly question: string
}

const Place = Type.Tuple([
  Type.String(),
  Type.Number(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
  Type.String(),
])

/** Encodes a place as the `next` of an answer. */
export const nextOf = (question: string, { rank, newest, key }: SearchPlace): string =>
  Buffer.from(JSON.stringify([question, rank, newest ?? null, key])).toString('base64url')

const typesOfPlaces = { text: 'string', number: 'number', boolean: 'boolean' } as const

const placeIn = (after: string, question: string, { kind }: Field): SearchPlace => {
  let place: unknown
  // What follows a dot is for one store: places of a read model that moves stay valid.
  const [own = ''] = after.split('.', 1)
  try {
    place = JSON.parse(Buffer.from(own, 'base64url').toString('utf8'))
  } catch {
    place = undefined
  }
  if (!Check(Place, place) || place[0] !== question)
    throw new InvalidQuery('This place is of another query')
  const [, rank, newest, key] = place
  if (newest !== null && typeof newest !== typesOfPlaces[kind])
    throw new InvalidQuery('This place is of another query')
  return {
    rank,
    newest: typeof newest === 'string' ? storable(newest) : (newest ?? undefined),
    key: storable(key),
  }
}

/**
 * Checks a search against the declaration of the read model.
 * @throws InvalidQuery when a field or facet is not declared, a value does not fit, or the place is of another query
 */
export const resolveSearch = (projection: AnyProjection, query: SearchQuery): ResolvedSearch => {
  const { name, document, search: searching } = projection
  if (!searching) throw new InvalidQuery(`${name} cannot be searched`)
  const { q, where, anyOf, filters = {}, facets = [], limit = 20, after } = query
  const declared = searching.facets ?? {}
  const fieldNamed = (field: string): Field => {
    const found = fieldOf(document, field)
    if (!found) throw new InvalidQuery(`${name} has no field "${field}"`)
    return found
  }
  const facetNamed = (facet: string): Facet => {
    const found = Object.hasOwn(declared, facet) ? declared[facet] : undefined
    if (!found) throw new InvalidQuery(`${name} has no facet "${facet}"`)
    return found
  }
  const { all, anyOf: alternatives } = resolveQuery(projection, {
    limit,
    ...(where && { where }),
    ...(anyOf && { anyOf }),
  })
  const words = wordsOfQuery(q)
  const question = hash(
    'sha256',
    JSON.stringify([name, words, where ?? {}, anyOf ?? null, filters]),
    'base64url',
  ).slice(0, 16)
  const newest = fieldNamed(searching.newest)
  return {
    searching,
    words,
    where: { all, ...(alternatives && { anyOf: alternatives }) },
    filters: new Map(
      Object.entries(filters).map(([facet, condition]) => {
        const { field } = facetNamed(facet)
        return [facet, resolveQuery(projection, { where: { [field]: condition } }).all]
      }),
    ),
    facets: facets.map((facet) => {
      const { field, ranges } = facetNamed(facet)
      return { name: facet, field: fieldNamed(field), ...(ranges && { ranges }) }
    }),
    newest,
    limit,
    ...(after !== undefined && { after: placeIn(after, question, newest) }),
    question,
  }
}
