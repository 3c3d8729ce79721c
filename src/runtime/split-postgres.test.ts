import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/support/postgres.ts'
import { openDatabase } from '../platform/engines/postgres/database.ts'
import { postgresLeases } from '../platform/messaging/leases/postgres.ts'
import { postgresDocuments } from '../platform/storage/documents/postgres.ts'
import { splitWorld } from './testing/split-world.ts'

const names = Array.from({ length: 40 }, (_, nth) => `depot ${nth}`)

test('two processes on one PostgreSQL share a read model; one that ends leaves its part to the other', async () => {
  await using fresh = await freshDatabase()
  await using opened = new AsyncDisposableStack()
  const connected = () =>
    opened.adopt(openDatabase(fresh.url, { connections: 4 }), (it) => it.close())
  const documents = postgresDocuments(connected())
  const world = splitWorld(documents)
  const start = async () => {
    const database = connected()
    const leases = opened.adopt(postgresLeases(database), (it) => it.close())
    const wrote = new Set<number | undefined>()
    const own = postgresDocuments(database)
    const process = await world.start(2, {
      leases,
      lookForPartsMs: 100,
      documents: {
        ...own,
        write: (generation, batch) => {
          wrote.add(generation.part?.part)
          return own.write(generation, batch)
        },
      },
    })
    return { ...process, wrote }
  }
  const one = await start()
  await using two = await start()
  const scan = async () => {
    const position = await world.scan(...names)
    await two.progress.reach('depots', position, { timeoutMs: 20_000 })
  }
  await expect
    .poll(
      async () => {
        one.wrote.clear()
        two.wrote.clear()
        await scan()
        return [one.wrote.size, two.wrote.size, new Set([...one.wrote, ...two.wrote]).size]
      },
      { timeout: 20_000 },
    )
    .toEqual([1, 1, 2])
  await one.end()
  await scan()
  expect(two.wrote.size).toBe(2)
  const live = await documents.live(world.model)
  expect(new Map(await documents.scan(live!, { limit: 100 }))).toEqual(world.expected)
  expect([...one.errors, ...two.errors]).toEqual([])
})
