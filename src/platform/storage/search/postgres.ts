import { coalesce } from '../../coalesce.ts'
import type { AnyProjection } from '#kernel'
import type { Database } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import { cachedLiveColumns } from '../documents/postgres-columns.ts'
import { columnOf, wordsColumnOf } from '../documents/postgres-names.ts'
import { isMissing } from '../documents/sql-state.ts'
import type { FacetCount, Search, SearchQuery, SearchResult } from './port.ts'
import { candidatesSql, searchSql, type SearchRow, type WantedWord } from './postgres-search-sql.ts'
import { highlightsOf, levelOf, levels } from './ranking.ts'
import {
  nextOf,
  resolveSearch,
  type ResolvedFacet,
  type ResolvedSearch,
} from './resolved-search.ts'

const countsOf = (
  { ranges }: ResolvedFacet,
  counts: SearchRow['facets'][number],
): readonly FacetCount[] =>
  counts.flatMap((count, nth): FacetCount[] => {
    if (typeof count === 'number') return [{ ...ranges?.[nth], count }]
    const [value, number] = count
    return [{ value: typeof value === 'number' ? String(value) : value, count: number }]
  })

const resultOf = <Document>(
  { words, searching, facets, limit, question }: ResolvedSearch,
  row: SearchRow,
): SearchResult<Document> => {
  const page = row.hits.slice(0, limit)
  const last = page.at(-1)
  return {
    hits: page.map(({ key, doc }) => ({
      key,
      // What was written for a projection is of its document's type.
      document: doc as Document,
      highlights: highlightsOf(words, searching, doc),
    })),
    total: row.total,
    facets: Object.fromEntries(
      facets.map((facet, nth) => [facet.name, countsOf(facet, row.facets[nth] ?? [])]),
    ),
    ...(last &&
      row.hits.length > page.length && {
        next: nextOf(question, {
          rank: last.score,
          newest: last.newest ?? undefined,
          key: last.key,
        }),
      }),
  }
}

/** Most searches at once in a process: they take long, and commands need connections of the same pool. */
const mostAtOnce = 3

/**
 * Search in the tables of read models. Words of documents are in columns beside them, with an index of trigrams for whole
 * words, prefixes and parts; words with typos are found in the vocabulary of the generation first. Of a vocabulary that
 * has more than 2,000 words like one of the query, those that most documents contain are compared with it.
 */
export const postgresSearch = (database: Database): Search => {
  const columnsOf = cachedLiveColumns(database)
  /** Runs a search once fewer than `mostAtOnce` are under way. */
  const atOnce = coalesce<() => Promise<SearchRow>, SearchRow>(
    ([search]) => Promise.all(search ? [search()] : []),
    { most: 1, lanes: mostAtOnce },
  )

  /** The words of a query, with their typos that documents contain. */
  const wantedIn = async (
    name: string,
    words: readonly string[],
  ): Promise<readonly WantedWord[]> => {
    const sql = candidatesSql(name, words)
    const candidates = sql ? await database.query<{ nth: number; word: string }>(sql) : []
    const byWord = Map.groupBy(candidates, ({ nth }) => nth)
    return words.map((word, nth) => ({
      word,
      typos: (byWord.get(nth) ?? [])
        .map((candidate) => candidate.word)
        .filter((candidate) => levelOf(word, candidate) === levels.typo),
    }))
  }

  return {
    /** @throws Unavailable as well until a generation with words is published, where one without answers queries */
    search: async <Document>(projection: AnyProjection, query: SearchQuery) => {
      const resolved = resolveSearch(projection, query)
      const { name } = projection
      const nothing = {
        total: 0,
        hits: [],
        facets: resolved.facets.map(({ ranges = [] }) => ranges.map(() => 0)),
      }
      const needed = [
        ...resolved.searching.fields.map(wordsColumnOf),
        columnOf(resolved.newest),
        ...resolved.facets.map(({ field }) => columnOf(field)),
      ]
      const stored = await columnsOf(name, needed, { isStrict: true })
      if (stored.size === 0) return resultOf<Document>(resolved, nothing)
      if (!needed.every((column) => stored.has(column)))
        throw new Unavailable(`${name} is not searched before it was built anew`)
      try {
        const row = await atOnce(async () => {
          const wanted = await wantedIn(name, resolved.words)
          const [found] = await database.query<SearchRow>(
            searchSql(projection, resolved, wanted, stored),
          )
          return found!
        })
        return resultOf<Document>(resolved, row)
      } catch (error) {
        if (isMissing(error)) return resultOf<Document>(resolved, nothing)
        throw error
      }
    },
  }
}
