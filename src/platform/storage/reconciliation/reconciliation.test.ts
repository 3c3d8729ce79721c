import { freshDatabase } from '../../../../test/support/postgres.ts'
import { reconciliationConformance } from './conformance.ts'
import { memoryReconciliations } from './memory.ts'
import { postgresReconciliations } from './postgres.ts'

reconciliationConformance('memory', async () => ({
  reconciliations: memoryReconciliations(),
  [Symbol.asyncDispose]: async () => undefined,
}))

reconciliationConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    reconciliations: postgresReconciliations(fresh.database),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  }
})
