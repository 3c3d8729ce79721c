import { freshDatabase } from '../../../../test/support/postgres.ts'
import { streamIndexConformance } from './conformance.ts'
import { memoryStreamIndex } from './memory.ts'
import { postgresStreamIndex } from './postgres.ts'

streamIndexConformance('memory', async () => {
  const index = memoryStreamIndex()
  return { open: () => index, close: async () => undefined }
})

streamIndexConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    open: () => postgresStreamIndex(fresh.database),
    close: async () => fresh[Symbol.asyncDispose](),
  }
})
