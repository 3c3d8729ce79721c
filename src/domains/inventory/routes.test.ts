import { expect, test } from 'vitest'
import { httpWorld } from '../../../test/support/http.ts'
import { smallShop } from '../../../test/support/small-shop.ts'

test('stock is set, adjusted and read', async () => {
  await using world = await httpWorld()
  const { admin, productId } = await smallShop(world)
  const path = `/inventory/${productId}`
  expect((await world.anyone('GET', path)).body.data).toStrictEqual({
    productId,
    quantity: 0,
    reserved: 0,
    available: 0,
  })
  const set = await admin('PUT', path, { quantity: 5, reason: 'delivery' })
  expect(set.body.data).toStrictEqual({ productId, quantity: 5, reserved: 0, available: 5 })
  const adjusted = await admin('PUT', path, { delta: -2, reason: 'broken' }, { 'if-match': '"0"' })
  expect(adjusted.body.data.quantity).toBe(3)
  expect(adjusted.headers.etag).toBe('"1"')
  const stale = await admin('PUT', path, { delta: 1, reason: 'x' }, { 'if-match': '"0"' })
  expect(stale.body.code).toBe('revision_mismatch')
  const { position } = adjusted.body.meta
  const read = await world.anyone('GET', `${path}?minPosition=${position}`)
  expect(read.body.data.available).toBe(3)

  const check = (quantity: number) =>
    world.anyone('POST', '/inventory/check', { items: [{ productId, quantity }] })
  expect((await check(3)).body.data.available).toBe(true)
  const tooMany = await check(4)
  expect(tooMany.status).toBe(200)
  expect(tooMany.body.data).toStrictEqual({
    available: false,
    items: [{ productId, requested: 4, available: 3, ok: false }],
  })
  const twice = await world.anyone('POST', '/inventory/check', {
    items: [
      { productId, quantity: 2 },
      { productId, quantity: 2 },
    ],
  })
  expect(twice.body.data.available).toBe(false)
})
