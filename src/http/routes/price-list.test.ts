import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { asId, catalogue } from '#kernel'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { product } from '../../domains/catalog/index.ts'
import { ProductId } from '../../domains/shared/index.ts'
import { checked } from '../../platform/event-log/checked.ts'
import { postgresEventLog } from '../../platform/event-log/postgres.ts'
import type { Database } from '../../platform/postgres/database.ts'
import { executor } from '../../platform/runtime/execute.ts'
import { memorySnapshots } from '../../platform/snapshots/memory.ts'
import { priceList } from './price-list.ts'

const declared = catalogue([product])

/** A process on a database, and how many statements it has sent since it was asked last. */
const processOn = async (database: Database) => {
  let statements = 0
  const counted: Database = {
    ...database,
    query: (statement) => {
      statements += 1
      return database.query(statement)
    },
  }
  const log = await postgresEventLog(counted)
  const { stateOf, execute } = executor({
    log: checked(log, declared),
    snapshots: memorySnapshots(),
    catalogue: declared,
  })
  const price = async (id: ProductId, amount: number, type: 'CreateProduct' | 'UpdateProduct') => {
    const commandId = randomUUID()
    const data = { name: 'Lamp', category: 'light', price: { amount, currency: 'EUR' } }
    const origin = { commandId, actorId: 'ann', correlationId: commandId }
    await execute(product, id, { type, data }, origin)
  }
  return {
    priced: priceList({ stateOf }),
    price,
    since: () => {
      const sent = statements
      statements = 0
      return sent
    },
    [Symbol.asyncDispose]: () => log.close(),
  }
}

test('prices that another process has acknowledged count, for one statement an order and one for many at once', async () => {
  await using fresh = await freshDatabase()
  await using shop = await processOn(fresh.database)
  await using orders = await processOn(fresh.database)
  const ids = Array.from({ length: 3 }, () => asId(ProductId, randomUUID()))
  const wanted = ids.map((refId) => ({ kind: 'product' as const, refId, quantity: 1 }))
  const pricesOf = async () => (await orders.priced(wanted)).map(({ price }) => price.amount)

  await Promise.all(ids.map((id) => shop.price(id, 100, 'CreateProduct')))
  for (const amount of [100, 200, 300]) {
    await Promise.all(ids.map((id) => shop.price(id, amount, 'UpdateProduct')))
    orders.since()
    expect(await pricesOf()).toEqual([amount, amount, amount])
    expect(orders.since()).toBe(1)
    expect(await pricesOf()).toEqual([amount, amount, amount])
    expect(orders.since()).toBe(1)
  }

  await Promise.all(ids.map((id) => shop.price(id, 400, 'UpdateProduct')))
  orders.since()
  const all = await Promise.all(Array.from({ length: 50 }, pricesOf))
  expect(new Set(all.flat())).toEqual(new Set([400]))
  // The first one sets off at once, the others share the next.
  expect(orders.since()).toBe(2)
})
