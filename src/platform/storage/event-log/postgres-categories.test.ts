import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase, type Row, type Statement } from '../../engines/postgres/database.ts'
import { categoryCounts } from './postgres-categories.ts'
import { postgresEventLog } from './postgres.ts'

const event = () => ({
  eventId: randomUUID(),
  type: 'Counted',
  data: {},
  metadata: someMetadata,
})

test('categories are counted from the last counted position, once for concurrent calls', async () => {
  await using fresh = await freshDatabase()
  const database = openDatabase(fresh.url, { connections: 2 })
  const log = await postgresEventLog(database)
  const reads: unknown[] = []
  const counts = categoryCounts({
    query: async <R extends Row>(statement: Statement | string) => {
      reads.push(typeof statement === 'string' ? [] : statement.values?.[0])
      return database.query<R>(statement)
    },
  })
  expect(await counts()).toEqual([])
  for (let n = 0; n < 10; n += 1) await log.append(`desk-${n % 3}`, 'any', [event(), event()])
  const desks = { category: 'desk', streams: 3, events: 20 }
  expect(await Promise.all([counts(), counts(), counts()])).toEqual([[desks], [desks], [desks]])
  await log.append('chair-1', 'none', [event()])
  await log.append('desk-0', 'exists', [event()])
  const both = [
    { category: 'chair', streams: 1, events: 1 },
    { category: 'desk', streams: 3, events: 21 },
  ]
  expect(await counts()).toEqual(both)
  expect(await counts()).toEqual(both)
  expect(reads).toEqual([0n, 0n, 20n, 22n])
  await log.close()
  await database.close()
})

test('counts of categories during appends include every event recorded before the call', async () => {
  await using fresh = await freshDatabase()
  const database = openDatabase(fresh.url, { connections: 4 })
  const elsewhere = openDatabase(fresh.url, { connections: 4 })
  const [here, there] = [await postgresEventLog(database), await postgresEventLog(elsewhere)]
  let recorded = 0
  const writing = Array.from({ length: 60 }, async (_, n) => {
    await (n % 2 === 0 ? here : there).append(`thing-${n}`, 'none', [event()])
    recorded += 1
    const before = recorded
    const [things] = await here.categories()
    expect(things?.events).toBeGreaterThanOrEqual(before)
    expect(things?.streams).toBe(things?.events)
  })
  await Promise.all(writing)
  expect(await here.categories()).toEqual([{ category: 'thing', streams: 60, events: 60 }])
  expect(await there.categories()).toEqual(await here.categories())
  for (const one of [here, there]) await one.close()
  for (const one of [database, elsewhere]) await one.close()
})
