import type { AnyProjection } from '#kernel'
import { compareTexts, holds, matches, valueOf } from '../documents/matching.ts'
import type { Scalar } from '../documents/port.ts'
import { copyOf, type StoredDocument } from '../documents/stored-documents.ts'
import type { FacetCount, SearchQuery, SearchResult } from './port.ts'
import { highlightsOf, rankOf, searchedWords } from './ranking.ts'
import {
  nextOf,
  resolveSearch,
  type ResolvedFacet,
  type ResolvedSearch,
  type SearchPlace,
} from './resolved-search.ts'

/** Most values of a facet that are counted. */
export const mostValues = 100

/** A document that matches the words of a query and its `where`. */
type Match = SearchPlace & { readonly stored: StoredDocument }

const compareNewest = (a: Scalar | undefined, b: Scalar | undefined): number => {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  return typeof a === 'string' ? compareTexts(String(b), a) : Number(b) - Number(a)
}

/** The order of hits: by rank, then by newest, then by key. */
const compare = (a: SearchPlace, b: SearchPlace): number =>
  b.rank - a.rank || compareNewest(a.newest, b.newest) || compareTexts(a.key, b.key)

/** Whether a document passes the filters, but for that of one facet. */
const passes = (
  { document }: StoredDocument,
  { filters }: ResolvedSearch,
  except?: string,
): boolean =>
  [...filters].every(
    ([facet, comparings]) => facet === except || comparings.every((one) => holds(document, one)),
  )

const countsOf = (
  { field, ranges }: ResolvedFacet,
  documents: readonly StoredDocument[],
): readonly FacetCount[] => {
  const values = documents.flatMap(({ document }) => valueOf(field, document) ?? [])
  if (ranges)
    return ranges.map((range) => ({
      ...range,
      count: values.filter(
        (value) =>
          Number(value) >= (range.from ?? -Infinity) && Number(value) < (range.to ?? Infinity),
      ).length,
    }))
  return [...Map.groupBy(values, (value) => value)]
    .map(([value, { length: count }]) => ({
      value: typeof value === 'number' ? String(value) : value,
      count,
    }))
    .toSorted((a, b) => b.count - a.count || compareTexts(String(a.value), String(b.value)))
    .slice(0, mostValues)
}

/**
 * Searches documents in memory.
 * @throws InvalidQuery as `Search.search`
 */
export const searchIn = <Document>(
  documents: ReadonlyMap<string, StoredDocument>,
  projection: AnyProjection,
  query: SearchQuery,
): SearchResult<Document> => {
  const resolved = resolveSearch(projection, query)
  const { words, searching, newest, facets, after, limit, question, where } = resolved
  const matching = [...documents].flatMap(([key, stored]): Match[] => {
    const { document } = stored
    if (!matches(document, where)) return []
    const rank = rankOf(words, searchedWords(searching, document))
    return rank === undefined ? [] : [{ key, stored, rank, newest: valueOf(newest, document) }]
  })
  const hits = matching.filter(({ stored }) => passes(stored, resolved)).toSorted(compare)
  const behind = after ? hits.filter((hit) => compare(after, hit) < 0) : hits
  const page = behind.slice(0, limit)
  const last = page.at(-1)
  return {
    hits: page.map(({ key, stored }) => ({
      key,
      document: copyOf<Document>(stored),
      highlights: highlightsOf(words, searching, stored.document),
    })),
    total: hits.length,
    facets: Object.fromEntries(
      facets.map((facet) => [
        facet.name,
        countsOf(
          facet,
          matching.map(({ stored }) => stored).filter((one) => passes(one, resolved, facet.name)),
        ),
      ]),
    ),
    ...(last && behind.length > page.length && { next: nextOf(question, last) }),
  }
}
