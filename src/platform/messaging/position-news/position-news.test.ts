import { freshDatabase } from '../../../../test/support/postgres.ts'
import { positionNewsConformance } from './conformance.ts'
import { memoryPositionNews } from './memory.ts'
import { postgresPositionNews } from './postgres.ts'

positionNewsConformance('memory', async () => {
  const open = memoryPositionNews()
  return { open: async () => open(), [Symbol.asyncDispose]: async () => undefined }
})

positionNewsConformance('PostgreSQL', async () => {
  const { database, [Symbol.asyncDispose]: dispose } = await freshDatabase()
  return { open: () => postgresPositionNews(database), [Symbol.asyncDispose]: dispose }
})
