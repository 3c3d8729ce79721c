import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase } from '../../engines/postgres/database.ts'
import { receiptsConformance } from './conformance.ts'
import { memoryReceipts } from './memory.ts'
import { postgresReceipts } from './postgres.ts'

receiptsConformance('memory', async (retention) => ({
  receipts: memoryReceipts(retention),
  [Symbol.asyncDispose]: async () => undefined,
}))

receiptsConformance('postgres', async (retention) => {
  const fresh = await freshDatabase()
  return {
    receipts: postgresReceipts(fresh.database, retention),
    another: () => {
      const other = openDatabase(fresh.url)
      return {
        receipts: postgresReceipts(other, retention),
        [Symbol.asyncDispose]: () => other.close(),
      }
    },
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  }
})

test('of concurrent claims by two processes, exactly one is new', async () => {
  await using fresh = await freshDatabase()
  const other = openDatabase(fresh.url)
  try {
    const processes = [postgresReceipts(fresh.database), postgresReceipts(other)]
    const requests = Array.from({ length: 100 }, (_, index) => ({
      scope: 'user-1',
      key: `${(index * 37) % 100}`,
      payloadHash: 'a',
    }))
    const claims = await Promise.all(
      processes.map((receipts, index) =>
        Promise.all((index ? requests.toReversed() : requests).map(receipts.claim)),
      ),
    )
    const states = claims.flat().map(({ state }) => state)
    expect(states.filter((state) => state === 'new').length).toBe(100)
    expect(states.filter((state) => state === 'running').length).toBe(100)
  } finally {
    await other.close()
  }
})
