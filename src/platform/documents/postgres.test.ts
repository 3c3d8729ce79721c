import { freshDatabase } from '../../../test/support/postgres.ts'
import { openDatabase } from '../postgres/database.ts'
import { documentConformance } from './conformance.ts'
import { postgresDocuments } from './postgres.ts'

documentConformance('PostgreSQL', async () => {
  const { url, ...fresh } = await freshDatabase()
  const databases = new Set<ReturnType<typeof openDatabase>>()
  return {
    open: async () => {
      const database = openDatabase(url, { connections: 4 })
      databases.add(database)
      return postgresDocuments(database)
    },
    close: async () => {
      await Promise.all([...databases].map((database) => database.close()))
      await fresh[Symbol.asyncDispose]()
    },
  }
})
