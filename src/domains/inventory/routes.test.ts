import assert from 'node:assert/strict'
import { test } from 'vitest'
import { httpWorld } from '../../../test/support/http.ts'
import { smallShop } from '../../../test/support/small-shop.ts'

test('stock is set, adjusted and read', async () => {
  await using world = await httpWorld()
  const { admin, productId } = await smallShop(world)
  const path = `/inventory/${productId}`
  assert.deepEqual((await world.anyone('GET', path)).body.data, {
    productId,
    quantity: 0,
    reserved: 0,
    available: 0,
  })
  const set = await admin('PUT', path, { quantity: 5, reason: 'delivery' })
  assert.deepEqual(set.body.data, { productId, quantity: 5, reserved: 0, available: 5 })
  const adjusted = await admin('PUT', path, { delta: -2, reason: 'broken' }, { 'if-match': '"0"' })
  assert.equal(adjusted.body.data.quantity, 3)
  assert.equal(adjusted.headers.etag, '"1"')
  const stale = await admin('PUT', path, { delta: 1, reason: 'x' }, { 'if-match': '"0"' })
  assert.equal(stale.body.code, 'revision_mismatch')
  const { position } = adjusted.body.meta
  const read = await world.anyone('GET', `${path}?minPosition=${position}`)
  assert.equal(read.body.data.available, 3)

  const check = (quantity: number) =>
    world.anyone('POST', '/inventory/check', { items: [{ productId, quantity }] })
  assert.equal((await check(3)).body.data.available, true)
  const tooMany = await check(4)
  assert.equal(tooMany.status, 200)
  assert.deepEqual(tooMany.body.data, {
    available: false,
    items: [{ productId, requested: 4, available: 3, ok: false }],
  })
  const twice = await world.anyone('POST', '/inventory/check', {
    items: [
      { productId, quantity: 2 },
      { productId, quantity: 2 },
    ],
  })
  assert.equal(twice.body.data.available, false)
})
