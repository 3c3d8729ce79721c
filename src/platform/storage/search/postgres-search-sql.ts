import { placing, type Place } from '../documents/placing.ts'
import pg from 'pg'
import type { AnyProjection, Facet, Searching } from '#kernel'
import { mayBeMissing, type Field } from '../documents/fields.ts'
import { liveViewOf, liveVocabularyOf, typeOf, wordsColumnOf } from '../documents/postgres-names.ts'
import { conditionsSql } from '../documents/postgres-query.ts'
import { wordArraySql, allWordsSql, variantsOf } from './postgres-vocabulary.ts'
import { levels, scoreOf, typosOf } from './ranking.ts'
import type { ResolvedSearch, SearchPlace } from './resolved-search.ts'
import { mostValues } from './search-in-memory.ts'

/** A statement with its values. */
type Sql = { readonly text: string; readonly values: readonly unknown[] }

/** Most words of a vocabulary that one word of a query is compared with, those that most documents contain first. */
const mostCandidates = 2_000

/**
 * Statement that returns words of the vocabulary which words of a query may be typos of, as rows of `nth`, the place of the
 * query's word, and `word`.
 * @returns undefined when every word is too short for typos
 */
export const candidatesSql = (name: string, words: readonly string[]): Sql | undefined => {
  const { values, place } = placing()
  const parts = words.flatMap((word, nth) => {
    const typos = typosOf(word)
    if (typos === 0) return []
    const { length } = Array.from(word)
    return `(SELECT ${nth} AS nth, word FROM ${liveVocabularyOf(name)}
      WHERE variants && (SELECT array_agg(hashtext(variant))
          FROM unnest(${place(variantsOf(word, typos), 'text[]')}) AS variant)
        AND length(word) BETWEEN ${length - typos} AND ${length + typos}
      ORDER BY uses DESC, word LIMIT ${mostCandidates})`
  })
  return parts.length > 0 ? { text: parts.join(' UNION ALL '), values } : undefined
}

/** A word of a query, with the words of the vocabulary that are typos of it. */
export type WantedWord = { readonly word: string; readonly typos: readonly string[] }

/** Most words that a text is searched for one after the other: each takes a tenth of taking the text apart. */
const fewWords = 8

/** SQL of whether a column contains one of these words. */
const containsAnySql = (column: string, words: readonly string[], place: Place): string =>
  words.length <= fewWords
    ? `(${words.map((word) => `strpos(${column}, ${place(` ${word} `, 'text')}) > 0`).join(' OR ')})`
    : // A constant list of more than eight is looked up by hash.
      `EXISTS (SELECT FROM string_to_table(${column}, ' ') AS one(word)
        WHERE one.word = ANY (${place(words, 'text[]')}))`

/** SQL of whether a document matches a word, and of the score of the best match, as `ranking.ts` specifies. */
const wordSql = (search: Searching, { word, typos }: WantedWord, place: Place) => {
  const columns = search.fields.map((field) => pg.escapeIdentifier(wordsColumnOf(field)))
  // Words are letters, digits and marks: nothing in them has a meaning in a pattern.
  const contains = `(${allWordsSql(search)} COLLATE "default") LIKE ${place(`%${word}%`, 'text')}`
  const similar = typos.length > 0 ? place(typos, 'text[]') : undefined
  const [exact, prefix, part] = [` ${word} `, ` ${word}`, word].map((text) => place(text, 'text'))
  const tests = [
    { level: levels.exact, test: (column: string) => `strpos(${column}, ${exact}) > 0` },
    { level: levels.prefix, test: (column: string) => `strpos(${column}, ${prefix}) > 0` },
    ...(similar === undefined
      ? []
      : [
          {
            level: levels.typo,
            test: (column: string) => containsAnySql(column, typos, place),
          },
        ]),
    { level: levels.part, test: (column: string) => `strpos(${column}, ${part}) > 0` },
  ]
  const cases = tests.flatMap(({ level, test }) =>
    columns.map((column, nth) => `WHEN ${test(column)} THEN ${scoreOf(level, nth)}`),
  )
  return {
    condition:
      similar === undefined ? contains : `(${contains} OR ${wordArraySql(search)} && ${similar})`,
    score: `CASE ${cases.join(' ')} ELSE 0 END`,
  }
}

/** Condition for what comes after a place, in the order of score, then newest, then key. */
const afterSql = (
  { rank, newest, key }: SearchPlace,
  {
    field,
    mayBeMissing,
    isRanked,
  }: {
    readonly field: Field
    readonly mayBeMissing: boolean
    readonly isRanked: boolean
  },
  place: Place,
): string => {
  const beyond = `key > ${place(key, 'text')}`
  const value = newest === undefined ? undefined : place(newest, typeOf(field))
  const later =
    value === undefined
      ? `newest IS NULL AND ${beyond}`
      : // The first part is redundant, but lets PostgreSQL start an index scan there.
        `(newest <= ${value} AND (newest < ${value} OR ${beyond})${mayBeMissing ? ' OR newest IS NULL' : ''})`
  if (!isRanked) return `(${later})`
  const score = place(rank, 'double precision')
  return `(score < ${score} OR (score = ${score} AND ${later}))`
}

/** SQL of what a facet distinguishes: its value, or the bits of the ranges that the value is in. */
const facetColumnSql = (ranges: Facet['ranges'], value: string, place: Place): string => {
  if (!ranges) return value
  const bits = ranges.map(({ from, to }, nth) => {
    const bounds = [
      ...(from === undefined ? [] : [`${value} >= ${place(from, 'double precision')}`]),
      ...(to === undefined ? [] : [`${value} < ${place(to, 'double precision')}`]),
    ]
    return `CASE WHEN ${[`${value} IS NOT NULL`, ...bounds].join(' AND ')} THEN ${2 ** nth} ELSE 0 END`
  })
  return `(${['0::bigint', ...bits].join(' + ')})`
}

/** SQL of the counts of a facet, as JSON. */
const facetSql = (ranges: Facet['ranges'], column: string, passing: string): string => {
  if (ranges) {
    const counts = ranges.map(
      (_, nth) => `coalesce(sum(n) FILTER (WHERE ${column} & ${2 ** nth} <> 0), 0)`,
    )
    return `(SELECT json_build_array(${counts.join(', ')}) FROM cells WHERE ${passing})`
  }
  return `(SELECT coalesce(json_agg(json_build_array(value, count)), '[]') FROM (
    SELECT ${column} AS value, sum(n) AS count FROM cells
    WHERE ${passing} AND ${column} IS NOT NULL GROUP BY 1
    ORDER BY sum(n) DESC, ${column}::text COLLATE "C" LIMIT ${mostValues}
  ) AS counted)`
}

/** Row of the statement of a search. */
export type SearchRow = {
  readonly total: number
  /** One hit more than the limit where there are more. */
  readonly hits: readonly {
    readonly key: string
    readonly doc: unknown
    readonly score: number
    readonly newest: string | number | boolean | null
  }[]
  /** Counts by facet, in the order of the query: numbers of its ranges, or values with their numbers. */
  readonly facets: readonly (readonly (
    | number
    | readonly [value: string | number | boolean, count: number]
  )[])[]
}

/**
 * Statement of a search: one row with a page of hits, the number of all hits and the counts of facets, all of one moment.
 * Its effort grows with the number of documents that match, at most with that of all, and not with the vocabulary.
 * @param stored columns of the live view
 */
export const searchSql = (
  { name, document }: AnyProjection,
  resolved: ResolvedSearch,
  wanted: readonly WantedWord[],
  stored: ReadonlySet<string>,
): Sql => {
  const { searching, where, filters, facets, newest, limit, after } = resolved
  const { values, place } = placing()
  const { fieldSql, whereSql, allOf } = conditionsSql(stored, place)
  const words = wanted.map((one) => wordSql(searching, one, place))
  const isRanked = words.length > 0
  const filterNames = [...filters.keys()]
  /** What `matched` knows of each filter: whether the document passes it. */
  const passes = filterNames.map((facet) => `coalesce(${allOf(filters.get(facet)!)}, false)`)
  const passing = (except?: string): string =>
    ['true', ...filterNames.flatMap((facet, nth) => (facet === except ? [] : [`p${nth}`]))].join(
      ' AND ',
    )
  const columns = [
    'key',
    `${fieldSql(newest)} AS newest`,
    `${isRanked ? words.map(({ score }) => score).join(' + ') : '0'} AS score`,
    ...passes.map((sql, nth) => `${sql} AS p${nth}`),
    ...facets.map(
      ({ field, ranges }, nth) => `${facetColumnSql(ranges, fieldSql(field), place)} AS f${nth}`,
    ),
  ]
  const conditions = [whereSql(where), ...words.map(({ condition }) => condition)]
  const order = `${isRanked ? 'score DESC, ' : ''}newest DESC NULLS LAST, key`
  const behind = after
    ? ` AND ${afterSql(after, { field: newest, mayBeMissing: mayBeMissing(document, newest.path), isRanked }, place)}`
    : ''
  const counts = facets.map((facet, nth) => facetSql(facet.ranges, `f${nth}`, passing(facet.name)))
  // All counts are sums of these few: of documents that differ in nothing that is counted.
  const distinguished = [...passes.map((_, nth) => `p${nth}`), ...facets.map((_, nth) => `f${nth}`)]
  const grouped = distinguished.length > 0 ? ` GROUP BY ${distinguished.join(', ')}` : ''
  return {
    // Without words, the order is that of an index: the page is read from it rather than from all that match.
    text: `WITH matched AS ${isRanked ? '' : 'NOT '}MATERIALIZED (
        SELECT ${columns.join(', ')} FROM ${liveViewOf(name)} WHERE ${conditions.join(' AND ')}
      ), page AS MATERIALIZED (
        SELECT key, score, newest FROM matched WHERE ${passing()}${behind}
        ORDER BY ${order} LIMIT ${place(limit + 1, 'bigint')}
      ), cells AS MATERIALIZED (
        SELECT ${[...distinguished, 'count(*) AS n'].join(', ')} FROM matched${grouped}
      )
      SELECT (SELECT coalesce(sum(n), 0) FROM cells WHERE ${passing()})::integer AS total,
        (SELECT coalesce(json_agg(json_build_object(
            'key', key, 'doc', document.doc, 'score', score, 'newest', newest) ORDER BY ${order}), '[]')
          FROM page JOIN ${liveViewOf(name)} AS document USING (key)) AS hits,
        json_build_array(${counts.join(', ')}) AS facets`,
    values,
  }
}
