import { freshDatabase } from '../../../../test/support/postgres.ts'
import { consumerGroupsConformance } from './conformance.ts'
import { memoryConsumerGroups } from './memory.ts'
import { postgresConsumerGroups } from './postgres.ts'

consumerGroupsConformance('memory', async () => ({
  groups: memoryConsumerGroups(),
  close: async () => undefined,
}))

consumerGroupsConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    groups: postgresConsumerGroups(fresh.database),
    close: async () => fresh[Symbol.asyncDispose](),
  }
})
