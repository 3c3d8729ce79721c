import type { AnyProjection } from '#kernel'
import type { Database } from '../../engines/postgres/database.ts'
import { fieldOf, foldedFieldsOf } from './fields.ts'
import { storable } from './json.ts'
import type { DocumentStore, Found, Query } from './port.ts'
import { comparing, missing } from './postgres-comparing.ts'
import { postgresGenerations } from './postgres-generations.ts'
import { cachedLiveColumns } from './postgres-columns.ts'
import { columnOf, foldedColumnOf, liveViewOf, tableOf } from './postgres-names.ts'
import { sqlOf } from './postgres-query.ts'
import type { Search } from '../search/port.ts'
import { postgresSearch } from '../search/postgres.ts'
import { postgresParts } from './postgres-parts.ts'
import { postgresRecords } from './postgres-records.ts'
import { postgresWriting } from './postgres-writing.ts'
import { preparing } from './prepared-statements.ts'
import { resolveQuery } from './resolved-query.ts'
import { isMissing } from './sql-state.ts'

/** Read models in PostgreSQL: a table for each generation, and views that show the live one. */
export const postgresDocuments = (database: Database): DocumentStore & Search => {
  const prepared = preparing()
  const columnsOf = cachedLiveColumns(database)

  /** Columns that a query may name: that of an indexed field, and those of folded texts. */
  const columnsFor = (projection: AnyProjection, query: Query) => {
    const { name, document, indexes } = projection
    const named = [query.where ?? {}, ...(query.anyOf ?? [])].flatMap(Object.keys)
    const sorted = query.sort?.map((field) => field.replace(/^-/, '')) ?? []
    const wanted = indexes.flat().filter((field) => [...named, ...sorted].includes(field))
    const wantedFolded = foldedFieldsOf(projection).filter((field) => named.includes(field.name))
    return columnsOf(name, [
      ...wanted.flatMap((path) => {
        const field = fieldOf(document, path)
        return field ? [columnOf(field)] : []
      }),
      ...wantedFolded.map(foldedColumnOf),
    ])
  }

  return {
    ...postgresGenerations(database),
    ...postgresRecords(database),
    ...postgresParts(database),
    ...postgresWriting(database),
    ...postgresSearch(database),

    compare: comparing(database),

    load: async (generation, keys) => {
      if (keys.length === 0) return new Map()
      try {
        // Not prepared: the best plan depends on the number of keys.
        const rows = await database.query<{ key: string; doc: unknown }>({
          text: `SELECT key, doc FROM ${tableOf(generation)} WHERE key = ANY ($1::text[])`,
          values: [keys.map(storable)],
        })
        const found = new Map(rows.map(({ key, doc }) => [key, doc]))
        return new Map(
          keys.flatMap((key) => {
            const doc = found.get(storable(key))
            return doc === undefined ? [] : [[key, doc] as const]
          }),
        )
      } catch (error) {
        throw missing(generation, error)
      }
    },

    scan: async (generation, { after, limit }) => {
      try {
        const rows = await database.query<{ key: string; doc: unknown }>({
          text: `SELECT key, doc FROM ${tableOf(generation)}
            WHERE $1::text IS NULL OR key > $1 ORDER BY key LIMIT $2`,
          values: [after ?? null, limit],
        })
        return rows.map(({ key, doc }) => [key, doc])
      } catch (error) {
        throw missing(generation, error)
      }
    },

    get: async <Document>(projection: AnyProjection, key: string) => {
      try {
        const [row] = await database.query<{ doc: Document }>(
          prepared(`SELECT doc FROM ${liveViewOf(projection.name)} WHERE key = $1`, [
            storable(key),
          ]),
        )
        return row?.doc
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },

    find: async <Document>(projection: AnyProjection, query: Query): Promise<Found<Document>> => {
      const resolved = resolveQuery(projection, query)
      const { page, count } = sqlOf(projection.name, resolved, await columnsFor(projection, query))
      const { limit, offset } = resolved
      try {
        const rows = await database.query<{ doc: Document }>(prepared(page.text, page.values))
        const documents = rows.map(({ doc }) => doc)
        if (!resolved.counted) return { documents, total: offset + rows.length }
        // A partial page, counted from the beginning, gives the total.
        if (!resolved.after && rows.length < limit && (rows.length > 0 || offset === 0))
          return { documents, total: offset + rows.length }
        const [counted] = await database.query<{ total: bigint }>(
          prepared(count.text, count.values),
        )
        return { documents, total: Number(counted!.total) }
      } catch (error) {
        if (isMissing(error)) return { documents: [], total: 0 }
        throw error
      }
    },
  }
}
