import { expect, test } from 'vitest'
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

test('what a later version of Agora may announce is ignored', async () => {
  await using fresh = await freshDatabase()
  const news = await postgresPositionNews(fresh.database)
  const announced: unknown[] = []
  news.onAnnounced((positions) => void announced.push(...positions))
  for (const payload of ['!v2 x', 'orders=12', 'orders=x@1 payments=7@2 new=9@1@2', '{"a":1}'])
    await fresh.database.query({
      text: `SELECT pg_notify('agora_positions', $1)`,
      values: [payload],
    })
  await news.announce([{ name: 'orders', position: 13n, version: 3 }])
  await expect.poll(() => announced.at(-1)).toMatchObject({ position: 13n })
  expect(announced).toEqual([
    { name: 'payments', position: 7n, version: 2 },
    { name: 'orders', position: 13n, version: 3 },
  ])
  await news.close()
})
