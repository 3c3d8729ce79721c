import assert from 'node:assert/strict'
import { test } from 'vitest'
import { httpWorld } from '../../../test/support/http.ts'
import { lamp, place, smallShop } from '../../../test/support/small-shop.ts'

test('a product is created, changed and deleted, each at the revision that was read', async () => {
  await using world = await httpWorld()
  const { admin, product, productId } = await smallShop(world)
  assert.equal(product.status, 201)
  assert.deepEqual(product.body.data, { id: productId, ...lamp })
  assert.equal(product.headers.etag, '"0"')
  assert.equal(product.headers.location, `/api/v1/products/${productId}`)
  assert.match(product.body.meta.position, /^\d+$/)

  const path = `/products/${productId}`
  const { description: _, ...plain } = lamp
  const cheaper = { ...plain, price: { amount: 999, currency: 'EUR' } }
  const changed = await admin('PUT', path, cheaper, { 'if-match': '"0"' })
  assert.equal(changed.status, 200)
  assert.deepEqual(changed.body.data, { id: productId, ...cheaper })
  assert.equal(changed.headers.etag, '"2"')

  const late = await admin('PUT', path, lamp, { 'if-match': '"0"' })
  assert.equal(late.status, 409)
  assert.equal(late.body.code, 'revision_mismatch')
  assert.match(late.body.detail, /revision 2/)
  for (const tag of ['0', '"x"', '""'])
    assert.equal((await admin('PUT', path, lamp, { 'if-match': tag })).status, 400, tag)

  const { minPosition } = { minPosition: changed.body.meta.position }
  const read = await world.anyone('GET', `${path}?minPosition=${minPosition}`)
  assert.equal(read.body.data.price.amount, 999)
  assert.equal(read.body.data.description, undefined)
  assert.ok(BigInt(read.body.meta.position) >= BigInt(minPosition))

  const deleted = await admin('DELETE', path, undefined, { 'if-match': '*' })
  assert.equal(deleted.status, 200)
  assert.deepEqual(deleted.body.data, { id: productId, deleted: true })
  const { position } = deleted.body.meta
  assert.equal((await world.anyone('GET', `${path}?minPosition=${position}`)).status, 404)
  assert.equal((await admin('PUT', path, lamp)).status, 404)
})

test('a new product can be read and ordered at once', async () => {
  await using world = await httpWorld()
  const { admin, buyer } = await smallShop(world)
  const { body } = await admin('POST', '/products', { ...lamp, name: 'Chair' })
  assert.equal((await place(buyer.call, body.data.id)).body.data.items[0].name, 'Chair')
  const { body: other } = await admin('POST', '/products', lamp)
  assert.equal((await world.anyone('GET', `/products/${other.data.id}`)).status, 200)
  const { body: third } = await admin('POST', '/products', lamp)
  const stock = { quantity: 1, reason: 'x' }
  assert.equal((await admin('PUT', `/inventory/${third.data.id}`, stock)).status, 200)
})

test('products are filtered by category, price, stock and words, sorted and paged', async () => {
  await using world = await httpWorld()
  const { admin, productId } = await smallShop(world)
  const chair = { name: 'Chair', category: 'seating', price: { amount: 5000, currency: 'EUR' } }
  const bench = { name: 'Bench', category: 'seating', price: { amount: 9000, currency: 'EUR' } }
  await admin('POST', '/products', chair)
  await admin('POST', '/products', bench)
  await admin('PUT', `/inventory/${productId}`, { quantity: 3, reason: 'delivery' })
  await world.readModels.fold()
  const names = async (query: string) => {
    const { body } = await world.anyone('GET', `/products?${query}`)
    return body.data.products.map(({ name }: { name: string }) => name)
  }
  assert.deepEqual(await names('sort=name'), ['Bench', 'Chair', 'Lamp'])
  assert.deepEqual(await names('sort=-price'), ['Bench', 'Chair', 'Lamp'])
  assert.deepEqual(await names('category=seating&sort=price'), ['Chair', 'Bench'])
  assert.deepEqual(await names('minPrice=2000&maxPrice=5000'), ['Chair'])
  assert.deepEqual(await names('inStock=true'), ['Lamp'])
  assert.deepEqual(await names('inStock=false&sort=name'), ['Bench', 'Chair'])
  assert.deepEqual(await names('q=LIGHT'), ['Lamp'])
  assert.deepEqual(await names('q=%25'), [])
  assert.deepEqual(await names('sort=name&limit=1&page=2'), ['Chair'])
  const { body } = await world.anyone('GET', '/products?limit=2&page=2')
  const { products, ...page } = body.data
  assert.equal(products.length, 1)
  assert.deepEqual(page, { total: 3, page: 2, limit: 2 })
  const categories = await world.anyone('GET', '/products/categories')
  assert.deepEqual(categories.body.data.categories, [
    { name: 'lighting', products: 1 },
    { name: 'seating', products: 2 },
  ])
})

test('resources that can be changed have an entity tag where they are read', async () => {
  await using world = await httpWorld()
  const { admin, buyer, productId } = await smallShop(world)
  await admin('PUT', `/products/${productId}`, lamp)
  await admin('PUT', `/inventory/${productId}`, { quantity: 5, reason: 'delivery' })
  const { id } = (await place(buyer.call, productId)).body.data
  await world.readModels.fold()
  for (const [path, change] of [
    [`/products/${productId}`, { ...lamp, name: 'Desk lamp' }],
    [`/inventory/${productId}`, { delta: 1, reason: 'found' }],
    [`/orders/${id}`, { status: 'CANCELLED' }],
  ] as const) {
    const { headers } = await admin('GET', path)
    const tag = String(headers.etag)
    const first = await admin('PUT', path, change, { 'if-match': tag })
    assert.equal(first.status, 200, `${path}: ${first.text}`)
    assert.equal((await admin('PUT', path, change, { 'if-match': tag })).status, 409, path)
  }
})
