import { freshDatabase } from '../../../../test/support/postgres.ts'
import { snapshotsConformance } from './conformance.ts'
import { memorySnapshots } from './memory.ts'
import { postgresSnapshots } from './postgres.ts'

snapshotsConformance('memory', async () => ({
  snapshots: memorySnapshots(),
  close: async () => undefined,
}))

snapshotsConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    snapshots: postgresSnapshots(fresh.database),
    close: async () => fresh[Symbol.asyncDispose](),
  }
})
