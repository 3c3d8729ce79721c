import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { asId, catalogue, isRefusal } from '#kernel'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { product } from '../../catalog/language.ts'
import { order } from '../language.ts'
import { OrderId, ProductId, UserId } from '../../shared/index.ts'
import { validatingLog } from '../../../platform/storage/event-log/validating-log.ts'
import { postgresEventLog } from '../../../platform/storage/event-log/postgres.ts'
import type { Database } from '../../../platform/engines/postgres/database.ts'
import { executor } from '../../../runtime/execute.ts'
import { restingOn } from '../../../runtime/resting-on.ts'
import { memorySnapshots } from '../../../platform/storage/snapshots/memory.ts'
import { priced } from './price-list.ts'

const declared = catalogue([product, order])

/** A process with a database, which counts its statements since the last query of the count. */
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
  const executing = executor({
    log: validatingLog(log, declared),
    snapshots: memorySnapshots(),
    catalogue: declared,
  })
  const origin = () => {
    const commandId = randomUUID()
    return { commandId, actorId: 'ann', correlationId: commandId }
  }
  const price = async (id: ProductId, amount: number, type: 'CreateProduct' | 'UpdateProduct') => {
    const data = { name: 'Lamp', category: 'light', price: { amount, currency: 'EUR' } }
    await executing.execute(product, id, { type, data }, origin())
  }
  /** @returns the prices of an order of these products */
  const place = async (ids: readonly ProductId[]): Promise<readonly number[]> => {
    const wanted = ids.map((refId) => ({ kind: 'product' as const, refId, quantity: 1 }))
    const placed = await restingOn(
      executing,
      (look) => priced(look, wanted),
      (items, bases) => {
        const data = { userId: asId(UserId, randomUUID()), paymentToken: 'tok_ok', items }
        const id = asId(OrderId, randomUUID())
        return executing.execute(order, id, { type: 'PlaceOrder', data }, origin(), { bases })
      },
    )
    if (isRefusal(placed)) throw new Error(placed.refused)
    return placed.state.status === 'NEW' ? [] : placed.state.items.map((item) => item.price.amount)
  }
  return {
    price,
    remove: async (id: ProductId) => {
      await executing.execute(product, id, { type: 'DeleteProduct', data: {} }, origin())
    },
    place,
    since: () => {
      const sent = statements
      statements = 0
      return sent
    },
    [Symbol.asyncDispose]: () => log.close(),
  }
}

test('an order has prices that another process has acknowledged, without reads while they do not change', async () => {
  await using fresh = await freshDatabase()
  await using shop = await processOn(fresh.database)
  await using orders = await processOn(fresh.database)
  const ids = Array.from({ length: 3 }, () => asId(ProductId, randomUUID()))

  await Promise.all(ids.map((id) => shop.price(id, 100, 'CreateProduct')))
  for (const amount of [100, 200, 300]) {
    await Promise.all(ids.map((id) => shop.price(id, amount, 'UpdateProduct')))
    expect(await orders.place(ids)).toEqual([amount, amount, amount])
    orders.since()
    expect(await orders.place(ids)).toEqual([amount, amount, amount])
    expect(orders.since(), 'statements of an order at known prices').toBe(1)
  }

  await Promise.all(ids.map((id) => shop.price(id, 400, 'UpdateProduct')))
  const all = await Promise.all(Array.from({ length: 50 }, () => orders.place(ids)))
  expect(new Set(all.flat())).toEqual(new Set([400]))
})

test('a product that another process has just created or deleted is known as such', async () => {
  await using fresh = await freshDatabase()
  await using shop = await processOn(fresh.database)
  await using orders = await processOn(fresh.database)
  const id = asId(ProductId, randomUUID())

  await expect(orders.place([id])).rejects.toThrow('is no product that is on sale')
  await shop.price(id, 100, 'CreateProduct')
  expect(await orders.place([id])).toEqual([100])
  await shop.remove(id)
  await expect(orders.place([id])).rejects.toThrow('is no product that is on sale')
})
