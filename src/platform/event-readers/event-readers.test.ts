import { freshDatabase } from '../../../test/support/postgres.ts'
import { eventReadersConformance } from './conformance.ts'
import { memoryEventReaders } from './memory.ts'
import { postgresEventReaders } from './postgres.ts'

eventReadersConformance('memory', async () => {
  const readers = memoryEventReaders()
  return { one: readers, other: readers, [Symbol.asyncDispose]: async () => undefined }
})

eventReadersConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    one: postgresEventReaders(fresh.database),
    other: postgresEventReaders(fresh.database),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  }
})
