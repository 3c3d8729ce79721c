import { expect, test } from 'vitest'
import { httpWorld } from '../../../test/support/http.ts'
import { lamp, place, smallShop } from '../../../test/support/small-shop.ts'

test('a product is created, changed and deleted, each at the revision that was read', async () => {
  await using world = await httpWorld()
  const { admin, product, productId } = await smallShop(world)
  expect(product.status).toBe(201)
  expect(product.body.data).toStrictEqual({ id: productId, ...lamp })
  expect(product.headers.etag).toBe('"0"')
  expect(product.headers.location).toBe(`/api/v1/products/${productId}`)
  expect(product.body.meta.position).toMatch(/^\d+$/)

  const path = `/products/${productId}`
  const { description: _, ...plain } = lamp
  const cheaper = { ...plain, price: { amount: 999, currency: 'EUR' } }
  const changed = await admin('PUT', path, cheaper, { 'if-match': '"0"' })
  expect(changed.status).toBe(200)
  expect(changed.body.data).toStrictEqual({ id: productId, ...cheaper })
  expect(changed.headers.etag).toBe('"2"')

  const late = await admin('PUT', path, lamp, { 'if-match': '"0"' })
  expect(late.status).toBe(412)
  expect(late.body.code).toBe('revision_mismatch')
  expect(late.body.detail).toMatch(/revision 2/)
  for (const tag of ['0', '"x"', '""'])
    expect((await admin('PUT', path, lamp, { 'if-match': tag })).status, tag).toBe(400)

  const { minPosition } = { minPosition: changed.body.meta.position }
  const read = await world.anyone('GET', `${path}?minPosition=${minPosition}`)
  expect(read.body.data.price.amount).toBe(999)
  expect(read.body.data.description).toBeUndefined()
  expect.assert(BigInt(read.body.meta.position) >= BigInt(minPosition))

  const deleted = await admin('DELETE', path, undefined, { 'if-match': '*' })
  expect(deleted.status).toBe(200)
  expect(deleted.body.data).toStrictEqual({ id: productId, deleted: true })
  const { position } = deleted.body.meta
  expect((await world.anyone('GET', `${path}?minPosition=${position}`)).status).toBe(404)
  expect((await admin('PUT', path, lamp)).status).toBe(404)
})

test('a new product can be read and ordered at once', async () => {
  await using world = await httpWorld()
  const { admin, buyer } = await smallShop(world)
  const { body } = await admin('POST', '/products', { ...lamp, name: 'Chair' })
  expect((await place(buyer.call, body.data.id)).body.data.items[0].name).toBe('Chair')
  const { body: other } = await admin('POST', '/products', lamp)
  expect((await world.anyone('GET', `/products/${other.data.id}`)).status).toBe(200)
  const { body: third } = await admin('POST', '/products', lamp)
  const stock = { quantity: 1, reason: 'x' }
  expect((await admin('PUT', `/inventory/${third.data.id}`, stock)).status).toBe(200)
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
  expect(await names('sort=name')).toStrictEqual(['Bench', 'Chair', 'Lamp'])
  expect(await names('sort=-price')).toStrictEqual(['Bench', 'Chair', 'Lamp'])
  expect(await names('category=seating&sort=price')).toStrictEqual(['Chair', 'Bench'])
  expect(await names('minPrice=2000&maxPrice=5000')).toStrictEqual(['Chair'])
  expect(await names('inStock=true')).toStrictEqual(['Lamp'])
  expect(await names('inStock=false&sort=name')).toStrictEqual(['Bench', 'Chair'])
  expect(await names('q=LIGHT')).toStrictEqual(['Lamp'])
  expect(await names('q=%25')).toStrictEqual([])
  expect(await names('sort=name&limit=1&page=2')).toStrictEqual(['Chair'])
  const { body } = await world.anyone('GET', '/products?limit=2&page=2')
  const { products, ...page } = body.data
  expect(products.length).toBe(1)
  expect(page).toStrictEqual({ total: 3, page: 2, limit: 2 })
  const categories = await world.anyone('GET', '/products/categories')
  expect(categories.body.data.categories).toStrictEqual([
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
    expect(first.status, `${path}: ${first.text}`).toBe(200)
    expect((await admin('PUT', path, change, { 'if-match': tag })).status, path).toBe(412)
  }
})
