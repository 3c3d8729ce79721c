import type { Database } from '../../../engines/postgres/database.ts'

/** A database that reports every commit of appends. */
export const countedCommits = (database: Database, committed: () => void): Database => ({
  ...database,
  query: (statement) => {
    if (typeof statement === 'object' && statement.name === 'append') committed()
    return database.query(statement)
  },
})
