import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { executor } from '../../../runtime/execute.ts'
import { NotCaughtUp, type ReadModels } from '../../../runtime/reading.ts'
import { memorySnapshots } from '../../../platform/storage/snapshots/memory.ts'

const lamp = (amount: number) => ({
  name: 'Lamp',
  category: 'light',
  price: { amount, currency: 'EUR' },
})

const basket = (...refIds: readonly string[]) => ({
  items: refIds.map((refId) => ({ kind: 'product', refId, quantity: 1 })),
  paymentMethod: { token: 'tok_ok' },
})

/** Two processes with one log, whose read models are those of the last fold. */
const withPausedReadModels = async (
  use: (there: {
    /** Calls of an admin to the first process. */
    readonly one: Call
    /** Calls of the same admin to the second process. */
    readonly other: Call
    readonly someone: HttpWorld['someone']
    readonly fold: () => Promise<bigint>
  }) => Promise<void>,
): Promise<void> => {
  await using world = await httpWorld()
  const { log, readModels } = world
  let position = 0n
  const reach = (minPosition = 0n): void => {
    if (minPosition > position) throw new NotCaughtUp('It is paused')
  }
  const paused: ReadModels = {
    get: async (projection, key, minPosition) => {
      reach(minPosition)
      return { ...(await readModels.get(projection, key)), position }
    },
    find: async (projection, query, minPosition) => {
      reach(minPosition)
      return { ...(await readModels.find(projection, query)), position }
    },
    search: readModels.search,
    reach: async (_, wanted) => {
      reach(wanted === 'head' ? await log.head() : wanted)
      return position
    },
  }
  const { config: _, catalogue, ...shared } = world.deps
  const process = () =>
    httpWorld({
      ...shared,
      catalogue,
      readModels: paused,
      executor: executor({ log, snapshots: memorySnapshots(), catalogue }),
    })
  await using here = await process()
  await using there = await process()
  const { token, call: one } = await here.someone('root', 'admin')
  await use({
    one,
    other: (method, path, body) =>
      there.anyone(method, path, body, { authorization: `Bearer ${token}` }),
    someone: here.someone,
    fold: async () => (position = await readModels.fold()),
  })
}

test('an order has the current prices of its products, not those of a stale read model', () =>
  withPausedReadModels(async ({ one, other, fold }) => {
    const { body } = await one('POST', '/products', lamp(1_000))
    const { id } = body.data
    await fold()
    for (const [call, amount] of [
      [one, 1_100],
      [other, 1_200],
      [one, 1_300],
    ] as const) {
      expect((await one('PUT', `/products/${id}`, lamp(amount))).status).toBe(200)
      const placed = await call('POST', '/orders', basket(id))
      expect(placed.body.data).toMatchObject({
        items: [{ price: { amount } }],
        total: { amount, currency: 'EUR' },
      })
    }
  }))

test('a new product can be ordered at once, and a deleted one cannot', () =>
  withPausedReadModels(async ({ one, other, fold }) => {
    const { body } = await one('POST', '/products', lamp(1_000))
    const { id } = body.data
    for (const call of [one, other])
      expect((await call('POST', '/orders', basket(id))).status).toBe(202)
    await fold()
    expect((await other('DELETE', `/products/${id}`)).status).toBe(200)
    for (const call of [one, other]) {
      const refused = await call('POST', '/orders', basket(id, randomUUID()))
      expect(refused.status).toBe(404)
      expect(refused.body).toMatchObject({
        code: 'no_such_product',
        errors: [{ field: 'items[0].refId' }, { field: 'items[1].refId' }],
      })
    }
  }))

test('stock is set only for products that are on sale at that time', () =>
  withPausedReadModels(async ({ one, other, fold }) => {
    const count = (call: Call, id: string, quantity: number) =>
      call('PUT', `/inventory/${id}`, { quantity, reason: 'delivery' })
    const { body } = await one('POST', '/products', lamp(1_000))
    const { id } = body.data
    for (const [call, quantity] of [
      [one, 1],
      [other, 2],
    ] as const)
      expect((await count(call, id, quantity)).status).toBe(200)
    await fold()
    expect((await one('DELETE', `/products/${id}`)).status).toBe(200)
    for (const call of [one, other]) {
      expect((await count(call, id, 3)).status).toBe(404)
      expect((await count(call, randomUUID(), 3)).status).toBe(404)
    }
  }))

test('the answer to a deletion lists every order that was placed before, or asks to retry', () =>
  withPausedReadModels(async ({ one, someone, fold }) => {
    const ada = await someone('ada')
    const { body } = await one('POST', '/products', lamp(1_000))
    await fold()
    const placed = await ada.call('POST', '/orders', basket(body.data.id))
    expect(placed.status).toBe(202)
    for (const leave of [
      () => one('POST', `/admin/users/${ada.id}/forget`),
      () => ada.call('DELETE', `/users/${ada.id}`),
    ]) {
      const refused = await leave()
      expect(refused.status).toBe(503)
      expect(refused.headers['retry-after']).toBe('1')
    }
    await fold()
    const done = await ada.call('DELETE', `/users/${ada.id}`)
    expect(done.status).toBe(202)
    expect(done.body.data.orders.calledOff).toEqual([placed.body.data.id])
  }))
