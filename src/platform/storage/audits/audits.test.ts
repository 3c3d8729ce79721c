import { freshDatabase } from '../../../../test/support/postgres.ts'
import { auditsConformance } from './conformance.ts'
import { memoryAudits } from './memory.ts'
import { postgresAudits } from './postgres.ts'

auditsConformance('memory', async () => ({
  audits: memoryAudits(),
  [Symbol.asyncDispose]: async () => undefined,
}))

auditsConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    audits: postgresAudits(fresh.database),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  }
})
