import type { AnyProjection } from '#kernel'
import type { Condition } from '../documents/port.ts'

/** A search in a read model that declares `search`. */
export type SearchQuery = {
  /** Text as typed; one without letters or digits finds every document, newest first. */
  readonly q: string
  /** What every hit must fulfil, and every counted facet: visibility, and filters that are no facets. */
  readonly where?: Readonly<Record<string, Condition>>
  /** At least one of these must hold as well. */
  readonly anyOf?: readonly Readonly<Record<string, Condition>>[]
  /** Filters by facet name: each restricts the hits, and the counts of the other facets only. */
  readonly filters?: Readonly<Record<string, Condition>>
  /** Names of the facets to count; default: none. */
  readonly facets?: readonly string[]
  /** Default 20. */
  readonly limit?: number
  /** The `next` of an earlier answer to the same query; the limit may differ. */
  readonly after?: string
}

/** Words of a text that a query has found: pairs of offsets in UTF-16 code units, the end excluded. */
export type Highlight = {
  readonly field: string
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

/** A document that was found. */
export type Hit<Document> = {
  readonly key: string
  readonly document: Document
  readonly highlights: readonly Highlight[]
}

/** Documents that have a value, or a number in a range from `from` up to but not including `to`. */
export type FacetCount =
  | { readonly value: string | boolean; readonly count: number }
  | { readonly from?: number; readonly to?: number; readonly count: number }

/** One page of an answer. */
export type SearchResult<Document> = {
  readonly hits: readonly Hit<Document>[]
  /** Number of all hits, on whichever page. */
  readonly total: number
  /** Counts by facet name: values by descending count, at most 100; ranges as declared. */
  readonly facets: Readonly<Record<string, readonly FacetCount[]>>
  /** Continues behind the last hit; absent at the end. */
  readonly next?: string
}

/**
 * Port of search. Adapters agree on what is found and in which order (`ranking.ts` is the specification): every word of
 * the query must match a word of a searched field; exact matches rank above prefixes, then typos, then parts of words;
 * fields rank in the order of their declaration, ties by newest, then by key.
 */
export type Search = {
  /**
   * Searches the published generation; nothing is found when there is none.
   * @param options.isFresh whether the answer must show all that was written before the call
   * @throws InvalidQuery when the query names what the projection does not declare, or `after` is of another query
   * @throws Unavailable when the store is away
   */
  readonly search: <Document>(
    projection: AnyProjection & { readonly documentType?: Document },
    query: SearchQuery,
    options?: { readonly isFresh?: boolean },
  ) => Promise<SearchResult<Document>>
}
