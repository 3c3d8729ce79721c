import { Type, type TSchema } from 'typebox'
import { Fields, type Projection } from '#kernel'
import { InvalidQuery } from '../platform/storage/documents/port.ts'
import type { Hit, SearchQuery, SearchResult } from '../platform/storage/search/port.ts'
import { Cursor, foreignCursor } from './cursors.ts'
import { ListQuery, minPositionOf } from './lists.ts'
import type { Ports } from './ports.ts'
import { invalid } from './problem.ts'

/** Text of a search, as typed. */
export const SearchText = Type.String({
  maxLength: 1_000,
  description: 'Words, as typed; without a word, everything is found, newest first',
})

/** Hits that can be skipped by `?page=`; deeper ones are reached by cursor. */
const mostSkipped = 10_000

/** Hits that are skipped at once. */
const skippedAtOnce = 1_000

const { limit, minPosition } = ListQuery(['id'], {}).properties

/** Query of a search: text, cursor and filters. @param filters schemas of the filters */
export const SearchingQuery = <const F extends Record<string, TSchema>>(filters: F) =>
  Fields({
    q: Type.Optional(SearchText),
    limit,
    cursor: Type.Optional(Cursor),
    minPosition,
    ...filters,
  })

/** Text, limit, cursor and minimum position of a search. */
export type SearchAsking = {
  readonly q?: string
  readonly limit?: number
  readonly cursor?: string
  readonly minPosition?: string
}

const Highlights = Type.Array(
  Type.Object({
    field: Type.String(),
    ranges: Type.Array(Type.Array(Type.Integer(), { minItems: 2, maxItems: 2 }), {
      description: 'Found words: offsets in UTF-16 code units, the end excluded',
    }),
  }),
)

/** Hits and total of a search. @param document schema of the documents */
export const hitsOf = (document: TSchema) => ({
  hits: Type.Array(Type.Object({ id: Type.String(), document, highlights: Highlights })),
  total: Type.Integer({ description: 'Number of hits on all pages' }),
})

/** The continuation of a search. */
export const nextCursor = Type.Optional(
  Type.String({ description: 'For `?cursor=`; absent at the end of the hits' }),
)

/** A hit, as answers show it. */
export type ShownHit<Document> = Omit<Hit<Document>, 'key'> & { readonly id: string }

/** A page of hits. */
export type FoundPage<Document> = {
  readonly hits: readonly ShownHit<Document>[]
  readonly total: number
  readonly facets: SearchResult<Document>['facets']
  readonly nextCursor?: string
  readonly position: bigint
}

/**
 * Reads a page of a search.
 * @param conditions of the search; a cursor is bound to them and to the text
 * @param options.page skips pages, instead of a cursor; default 1
 * @throws Problem 400 when the cursor belongs to another search, or the page is too deep
 */
export const searched = async <D>(
  { readModels, cursors }: Pick<Ports, 'readModels' | 'cursors'>,
  projection: Projection<D>,
  asking: SearchAsking,
  conditions: Omit<SearchQuery, 'q' | 'limit' | 'after'>,
  { page = 1 }: { readonly page?: number } = {},
): Promise<FoundPage<D>> => {
  const { q = '', limit = 20, cursor } = asking
  const question = JSON.stringify([projection.name, q, conditions])
  const search = (after: string | undefined, limit: number) =>
    readModels.search(
      projection,
      { ...conditions, q, limit, ...(after !== undefined && { after }) },
      minPositionOf(asking),
    )

  let after: string | undefined
  if (cursor !== undefined) {
    const { value } = cursors.placeIn(cursor, question)
    if (typeof value !== 'string') throw foreignCursor()
    after = value
  } else {
    let toSkip = (page - 1) * limit
    if (toSkip > mostSkipped)
      throw invalid('page', `must be within the first ${mostSkipped} hits; use the cursor instead`)
    while (toSkip > 0) {
      const skipped = await search(after, Math.min(toSkip, skippedAtOnce))
      const { total, facets, position, next } = skipped
      if (next === undefined) return { hits: [], total, facets, position }
      after = next
      toSkip -= skipped.hits.length
    }
  }
  const { hits, total, facets, next, position } = await search(after, limit).catch(
    (error: unknown) => {
      // The words of a text, or the declaration of the read model, may have changed since the cursor was issued.
      throw cursor !== undefined && error instanceof InvalidQuery ? foreignCursor() : error
    },
  )
  return {
    hits: hits.map(({ key: id, document, highlights }) => ({ id, document, highlights })),
    total,
    facets,
    ...(next !== undefined && { nextCursor: cursors.cursorOf(question, { value: next, key: '' }) }),
    position,
  }
}
