import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Projection } from '#kernel'
import { newId } from '#kernel/testing'
import { messagesOf, someUser, socketWorld } from '../../../test/support/sockets.ts'
import { stock } from './language.ts'
import { ProductId } from '../shared/index.ts'
import { inventory } from '../../projections/index.ts'
import type { RealtimeDependencies } from '../../edges/sockets/index.ts'

type Stock = { productId: string; quantity: number; reserved: number; available: number }
const patient = { timeout: 120_000 }

test('a subscription to a product gets its available pieces, as orders reserve them', async () => {
  await using world = await socketWorld()
  const lamp = await world.sell(3)
  const socket = world.connect('/inventory', world.tokenOf(someUser()))
  const told = messagesOf<Stock>(socket, 'stock:changed')
  expect(await socket.emitWithAck('product:subscribe', { productId: lamp })).toEqual({
    ok: true,
    quantity: 3,
    reserved: 0,
    available: 3,
    position: expect.stringMatching(/^\d+$/),
  })
  const orderId = await world.buy(someUser(), lamp)
  await expect
    .poll(() => told.at(-1), patient)
    .toMatchObject({ productId: lamp, quantity: 3, reserved: 1, available: 2 })
  await world.pay(orderId)
  await expect
    .poll(() => told.at(-1), patient)
    .toMatchObject({ productId: lamp, quantity: 2, reserved: 0, available: 2 })
})

test('changes of products without a subscription are not pushed', async () => {
  await using world = await socketWorld()
  const [lamp, chair] = [await world.sell(3), await world.sell(3)]
  const socket = world.connect('/inventory', world.tokenOf(someUser()))
  const told = messagesOf<Stock>(socket, 'stock:changed')
  for (const productId of [lamp, chair])
    await socket.emitWithAck('product:subscribe', { productId })
  expect(await socket.emitWithAck('product:unsubscribe', { productId: chair })).toEqual({
    ok: true,
  })
  const before = told.length
  await world.buy(someUser(), chair)
  await world.buy(someUser(), lamp)
  await expect.poll(() => told.length, patient).toBeGreaterThan(before)
  expect(told.slice(before).filter(({ productId }) => productId !== lamp)).toEqual([])
})

test('a product on sale without stock has no pieces; one that is not on sale is unknown', async () => {
  const changes = ({ readModels }: RealtimeDependencies) => ({
    readModels: {
      ...readModels,
      get: async <D>(projection: Projection<D>, key: string, minPosition?: bigint) => {
        const found = await readModels.get(projection, key, minPosition)
        return projection.name === inventory.name ? { ...found, document: undefined } : found
      },
    },
  })
  await using world = await socketWorld({ changes })
  const socket = world.connect('/inventory', world.tokenOf(someUser()))
  const subscribe = (productId: ProductId) => socket.emitWithAck('product:subscribe', { productId })
  expect(await subscribe(newId(ProductId))).toMatchObject({ ok: false, code: 'no_such_product' })
  expect(await subscribe(await world.sell(0))).toMatchObject({
    ok: true,
    quantity: 0,
    reserved: 0,
    available: 0,
  })
})

test('pushed counts are readable already, and never older than those pushed before', async () => {
  await using world = await socketWorld()
  const lamp = await world.sell(0)
  const socket = world.connect('/inventory', world.tokenOf(someUser()))
  await socket.emitWithAck('product:subscribe', { productId: lamp })
  const checks: Promise<void>[] = []
  const quantities: number[] = []
  socket.on('stock:changed', ({ quantity, position: pushed }: Stock & { position: string }) => {
    quantities.push(quantity)
    const check = async () => {
      const { document, position } = await world.readModels.get(inventory, lamp)
      expect(document!.quantity).toBeGreaterThanOrEqual(quantity)
      expect(position).toBeGreaterThanOrEqual(BigInt(pushed))
    }
    checks.push(check())
  })
  for (let n = 0; n < 200; n += 1) {
    const commandId = randomUUID()
    const origin = { commandId, actorId: 'seller', correlationId: commandId }
    const data = { delta: 1, reason: 'delivery' }
    await world.execute(stock, lamp, { type: 'AdjustStock', data }, origin)
  }
  await expect.poll(() => quantities.at(-1), patient).toBe(200)
  await Promise.all(checks)
  expect(quantities).toEqual(quantities.toSorted((a, b) => a - b))
})
