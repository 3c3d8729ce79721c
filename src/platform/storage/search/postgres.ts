import type { AnyProjection } from '#kernel'
import type { Database } from '../../engines/postgres/database.ts'
import { liveViewOf } from '../documents/postgres-names.ts'
import { isMissing } from '../documents/sql-state.ts'
import { stored } from '../documents/stored-documents.ts'
import type { Search, SearchQuery } from './port.ts'
import { searchIn } from './search-in-memory.ts'

/** Search in the tables of read models. */
export const postgresSearch = (database: Database): Search => ({
  search: async <Document>(projection: AnyProjection, query: SearchQuery) => {
    const rows = await database
      .query<{ key: string; doc: unknown }>(`SELECT key, doc FROM ${liveViewOf(projection.name)}`)
      .catch((error: unknown) => {
        if (isMissing(error)) return []
        throw error
      })
    const documents = new Map(rows.map(({ key, doc }) => [key, stored(doc)]))
    return searchIn<Document>(documents, projection, query)
  },
})
