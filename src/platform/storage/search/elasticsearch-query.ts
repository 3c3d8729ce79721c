import type { estypes } from '@elastic/elasticsearch'
import { compareTexts } from '../documents/matching.ts'
import type { Scalar } from '../documents/port.ts'
import type { Comparing } from '../documents/resolved-query.ts'
import { longestPart, newestOf, presence, termOf } from './elasticsearch-index.ts'
import type { FacetCount } from './port.ts'
import { levels, scoreOf, typosOf } from './ranking.ts'
import type { ResolvedFacet, ResolvedSearch } from './resolved-search.ts'
import { mostValues } from './search-in-memory.ts'

type Clause = estypes.QueryDslQueryContainer

/** Most values of one clause: Elasticsearch takes 65,536. */
const mostTerms = 10_000

/** A value as documents have it in the index; JSON has no infinite numbers. */
const indexed = (value: Scalar): Scalar => {
  if (typeof value === 'number')
    return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))
  return typeof value === 'string' ? termOf(value) : value
}

const bounds = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' } as const

const clauseOf = (comparing: Comparing): Clause => {
  const { field } = comparing
  const name = `fields.${field.name}`
  switch (comparing.is) {
    case '=':
      return { term: { [name]: { value: indexed(comparing.value) } } }
    case 'in': {
      const values = comparing.values.map(indexed)
      const parts = Array.from({ length: Math.ceil(values.length / mostTerms) || 1 }, (_, nth) =>
        values.slice(nth * mostTerms, (nth + 1) * mostTerms),
      )
      return { bool: { should: parts.map((some) => ({ terms: { [name]: some } })) } }
    }
    case 'contains': {
      const part = comparing.value.folded.slice(0, longestPart).toWellFormed()
      const escaped = part.replaceAll(/[\\*?]/g, String.raw`\$&`)
      return { wildcard: { [`folded.${field.name}`]: { value: `*${escaped}*` } } }
    }
    default:
      return { range: { [name]: { [bounds[comparing.is]]: indexed(comparing.value) } } }
  }
}

/** Documents that a word of a query is found in, scored by how well: whole numbers, which Lucene adds up exactly. */
const wordClause = (wanted: string, fields: readonly string[]): Clause => {
  const typos = typosOf(wanted)
  return {
    dis_max: {
      queries: fields.flatMap((field, nth) => {
        const name = `words.${field}`
        const scored = (level: number, filter: Clause): Clause => ({
          constant_score: { filter, boost: scoreOf(level, nth) },
        })
        return [
          scored(levels.exact, { term: { [name]: { value: wanted } } }),
          scored(levels.prefix, { prefix: { [name]: { value: wanted } } }),
          ...(typos > 0
            ? [
                scored(levels.typo, {
                  fuzzy: {
                    [name]: {
                      value: wanted,
                      fuzziness: typos,
                      transpositions: true,
                      prefix_length: 0,
                      // All words within the distance are looked for: other methods stop at `max_expansions`.
                      rewrite: 'constant_score',
                    },
                  },
                }),
              ]
            : []),
          // Words have letters, digits and marks alone: nothing to escape.
          scored(levels.part, { wildcard: { [name]: { value: `*${wanted}*` } } }),
        ]
      }),
    },
  }
}

const filtersOf = ({ filters }: ResolvedSearch, except?: string): Clause[] =>
  [...filters].flatMap(([facet, comparings]) => (facet === except ? [] : comparings.map(clauseOf)))

const countedAs = ({ field }: ResolvedFacet): string =>
  field.kind === 'number' ? `counted.${field.name}` : `fields.${field.name}`

const countsIn = (facet: ResolvedFacet): estypes.AggregationsAggregationContainer => {
  const { field, ranges } = facet
  const name = `fields.${field.name}`
  if (!ranges)
    return {
      terms: {
        field: countedAs(facet),
        size: mostValues,
        order: [{ _count: 'desc' }, { _key: 'asc' }],
      },
    }
  return {
    filters: {
      filters: ranges.map(({ from, to }) =>
        field.kind === 'number'
          ? {
              bool: {
                filter: [
                  { exists: { field: name } },
                  ...(from === undefined ? [] : [{ range: { [name]: { gte: from } } }]),
                  ...(to === undefined ? [] : [{ range: { [name]: { lt: to } } }]),
                ],
              },
            }
          : { match_none: {} },
      ),
    },
  }
}

/** The first documents of an answer, in order; one more than a page tells whether there is another one. */
export const searchOf = (resolved: ResolvedSearch, size: number) => {
  const { words, searching, where, facets, after } = resolved
  const filters = filtersOf(resolved)
  const isCounting = facets.length > 0
  const query: Clause = {
    bool: {
      must: words.map((word) => wordClause(word, searching.fields)),
      filter: [
        { term: { [presence]: true } },
        ...where.all.map(clauseOf),
        ...(where.anyOf
          ? [
              where.anyOf.length === 0
                ? { match_none: {} }
                : {
                    bool: {
                      should: where.anyOf.map((alternative): Clause => ({
                        bool: { filter: alternative.map(clauseOf) },
                      })),
                    },
                  },
            ]
          : []),
        ...(isCounting ? [] : filters),
      ],
    },
  }
  const sort: estypes.SortCombinations[] = [
    // Without words all rank alike.
    ...(words.length > 0 ? [{ _score: { order: 'desc' as const } }] : []),
    { newest: { order: 'desc' } },
    { key: { order: 'asc' } },
  ]
  return {
    query,
    sort,
    size,
    track_total_hits: true,
    ...(after && {
      search_after: [...(words.length > 0 ? [after.rank] : []), newestOf(after.newest), after.key],
    }),
    ...(isCounting && {
      post_filter: { bool: { filter: filters } },
      aggs: Object.fromEntries(
        facets.map((facet, nth): [string, estypes.AggregationsAggregationContainer] => [
          `facet${nth}`,
          {
            filter: { bool: { filter: filtersOf(resolved, facet.name) } },
            aggs: { counts: countsIn(facet) },
          },
        ]),
      ),
    }),
  }
}

/** What an answer says of one facet. */
type Buckets = {
  readonly counts: {
    readonly buckets: readonly {
      readonly key?: string | number
      readonly key_as_string?: string
      readonly doc_count: number
    }[]
  }
}

/** The counts of a facet in the answer to `searchOf`. */
const countsOf = ({ field, ranges }: ResolvedFacet, answer: unknown): readonly FacetCount[] => {
  const { buckets } = (answer as Buckets).counts
  if (ranges) return ranges.map((range, nth) => ({ ...range, count: buckets[nth]!.doc_count }))
  return buckets
    .map(({ key, key_as_string: text, doc_count: count }) => ({
      value: field.kind === 'boolean' ? text === 'true' : String(key),
      count,
    }))
    .toSorted((a, b) => b.count - a.count || compareTexts(String(a.value), String(b.value)))
}

/** The counts of all facets in the answer to `searchOf`. */
export const facetsIn = (
  { facets }: ResolvedSearch,
  answers: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, readonly FacetCount[]>> =>
  Object.fromEntries(
    facets.map((facet, nth) => [facet.name, countsOf(facet, answers[`facet${nth}`])]),
  )
