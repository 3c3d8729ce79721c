import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { buy, write } from '../../../../test/support/reviewing.ts'
import { lamp, place, smallShop } from '../../../../test/support/small-shop.ts'

let now = Date.now()
let world: HttpWorld
let admin: Call
let ada: Awaited<ReturnType<HttpWorld['someone']>>
let bob: typeof ada
let productId: string
beforeAll(async () => {
  world = await httpWorld({ clock: () => new Date(now) })
  ;({ admin, buyer: ada, productId } = await smallShop(world))
  bob = await world.someone('bob')
  await ada.call('PATCH', `/users/${ada.id}`, { name: 'Ada King' })
})
afterAll(() => world[Symbol.asyncDispose]())

const product = async (): Promise<string> => (await admin('POST', '/products', lamp)).body.data.id
const ofProduct = (subjectId: string, more: object = {}) => ({
  subjectType: 'product',
  subjectId,
  rating: 4,
  ...more,
})
const got = async (path: string, call: Call = world.anyone) => {
  await world.readModels.fold()
  const { status, body, text } = await call('GET', path)
  expect(status, text).toBe(200)
  return body.data
}

test('a review is created, changed, listed with the sums, and deleted', async () => {
  const id = await product()
  const created = await ada.call('POST', '/reviews', ofProduct(id, { comment: 'Warm light' }))
  expect(created.status, created.text).toBe(201)
  const { id: reviewId } = created.body.data
  expect(created.body.data).toStrictEqual({
    id: reviewId,
    ...ofProduct(id, { comment: 'Warm light' }),
    authorId: ada.id,
    verified: false,
    sealed: false,
  })
  expect(created.headers.location).toBe(`/api/v1/reviews/${reviewId}`)
  const other = await write(bob.call, ofProduct(id, { rating: 1 }))

  const listed = await got(`/reviews/product/${id}`)
  expect(listed).toMatchObject({
    total: 2,
    page: 1,
    limit: 20,
    average: 2.5,
    histogram: { '1': 1, '2': 0, '3': 0, '4': 1, '5': 0 },
  })
  expect(new Set(listed.reviews.map((one: { id: string }) => one.id))).toEqual(
    new Set([reviewId, other]),
  )
  expect(await got(`/reviews/${reviewId}`)).toEqual({
    ...created.body.data,
    authorId: undefined,
    author: { id: ada.id, username: 'ada', name: 'Ada King' },
    createdAt: expect.any(String),
    updatedAt: expect.any(String),
  })
  expect((await got(`/products/${id}`)).rating).toMatchObject({ average: 2.5, count: 2 })

  const changed = await ada.call('PUT', `/reviews/${reviewId}`, { rating: 5 })
  expect(changed.status, changed.text).toBe(200)
  expect(changed.body.data).toMatchObject({ rating: 5, comment: 'Warm light' })
  expect(await got(`/reviews/product/${id}`)).toMatchObject({
    average: 3,
    histogram: { '1': 1, '4': 0, '5': 1 },
  })

  const deleted = await ada.call('DELETE', `/reviews/${reviewId}`)
  expect(deleted.body.data).toStrictEqual({ id: reviewId, deleted: true })
  expect((await admin('DELETE', `/reviews/${other}`)).status).toBe(200)
  expect(await got(`/reviews/product/${id}`)).toMatchObject({
    reviews: [],
    total: 0,
    average: 0,
    histogram: { '1': 0, '5': 0 },
  })
  expect((await world.anyone('GET', `/reviews/${reviewId}`)).status).toBe(404)
  expect((await got(`/products/${id}`)).rating).toEqual({ average: 0, count: 0, sum: 0 })
})

test('an author finds all reviews that they have written', async () => {
  const [eve, id] = [await world.someone('eve'), await product()]
  const reviewId = await write(eve.call, ofProduct(id))
  const { reviews, total } = await got('/reviews', eve.call)
  expect([reviews[0].id, total]).toEqual([reviewId, 1])
  expect((await world.anyone('GET', '/reviews')).status).toBe(401)
})

describe('a review is verified', () => {
  test('when an order of the author holds the product', async () => {
    const id = await product()
    await buy(world, bob.call, id)
    const { body } = await bob.call('POST', '/reviews', ofProduct(id))
    expect(body.data.verified).toBe(true)
  })

  test('by the order that it names, one for each order', async () => {
    const id = await product()
    const [one, two] = [await buy(world, bob.call, id), await buy(world, bob.call, id)]
    for (const orderId of [one, two]) {
      const { status, body } = await bob.call('POST', '/reviews', ofProduct(id, { orderId }))
      expect([status, body.data.verified, body.data.orderId]).toEqual([201, true, orderId])
    }
    const { reviews } = await got(`/reviews/order/${one}`, bob.call)
    expect(reviews).toMatchObject([{ orderId: one }])
    expect((await got(`/reviews/order/${one}`, admin)).reviews).toMatchObject([{ orderId: one }])
    // The order is nobody else's business.
    for (const call of [world.anyone, ada.call]) {
      const shown = (await got(`/reviews/product/${id}`, call)).reviews
      expect(shown).toHaveLength(2)
      expect(JSON.stringify(shown)).not.toMatch(`${one}|${two}`)
      expect(await got(`/reviews/${shown[0].id}`, call)).not.toHaveProperty('orderId')
    }
    expect(JSON.stringify((await got('/reviews', bob.call)).reviews)).toContain(one)
    expect((await ada.call('GET', `/reviews/order/${one}`)).status).toBe(403)
    expect((await ada.call('GET', `/reviews/order/${randomUUID()}`)).status).toBe(404)
  })
})

describe('a review is refused', () => {
  test.each([0, 6, 4.5, '5', null])('with the rating %j', async (rating) => {
    const { status, body } = await ada.call('POST', '/reviews', ofProduct(productId, { rating }))
    expect([status, body.errors[0].field]).toEqual([400, 'rating'])
  })

  test.each([
    ['comment', { comment: 'Warm\u001b[2J' }],
    ['comment', { comment: '' }],
    ['subjectType', { subjectType: 'shop' }],
    ['subjectId', { subjectId: 'lamp' }],
    ['orderId', { orderId: 'mine' }],
    ['verified', { verified: true }],
  ])('with a wrong %s', async (field, fault) => {
    const { status, body } = await ada.call('POST', '/reviews', ofProduct(productId, fault))
    expect([status, body.errors[0].field]).toEqual([400, field])
  })

  test('to those who are not signed in', async () =>
    expect((await world.anyone('POST', '/reviews', ofProduct(productId))).status).toBe(401))

  test('twice, also at the same instant', async () => {
    const id = await product()
    const answers = await Promise.all(
      [1, 2, 3].map((rating) => ada.call('POST', '/reviews', ofProduct(id, { rating }))),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('already_reviewed')
    expect((await got(`/reviews/product/${id}`)).total).toBe(1)
  })

  test('of an unknown product', async () => {
    const { status, body } = await ada.call('POST', '/reviews', ofProduct(randomUUID()))
    expect([status, body.errors[0].field]).toEqual([404, 'subjectId'])
  })

  test('about an order of somebody else, an unknown one, or one without the product', async () => {
    const orderId = await buy(world, bob.call, productId)
    const about = (subjectId: string, id: string, call: Call) =>
      call('POST', '/reviews', ofProduct(subjectId, { orderId: id }))
    expect((await about(productId, orderId, ada.call)).status).toBe(403)
    const unknown = await about(productId, randomUUID(), bob.call)
    expect([unknown.status, unknown.body.errors[0].field]).toEqual([404, 'orderId'])
    const elsewhere = await about(await product(), orderId, bob.call)
    expect([elsewhere.status, elsewhere.body.errors[0].field]).toEqual([400, 'orderId'])
  })

  test('about an order that is not confirmed yet', async () => {
    const { id: orderId } = (await place(bob.call, productId)).body.data
    const { status, body } = await bob.call('POST', '/reviews', ofProduct(productId, { orderId }))
    expect([status, body.code]).toEqual([409, 'order_not_completed'])
  })

  test('again, after an admin has deleted it', async () => {
    const id = await product()
    const reviewId = await write(ada.call, ofProduct(id))
    await admin('DELETE', `/reviews/${reviewId}`)
    const { status, body } = await ada.call('POST', '/reviews', ofProduct(id))
    expect([status, body.code]).toEqual([409, 'review_deleted_before'])
  })
})

describe('a change is refused', () => {
  let reviewId: string
  beforeAll(async () => {
    reviewId = await write(ada.call, ofProduct(await product()))
  })

  test('to strangers and admins', async () => {
    for (const call of [bob.call, admin])
      expect((await call('PUT', `/reviews/${reviewId}`, { rating: 1 })).status).toBe(403)
    expect((await world.anyone('PUT', `/reviews/${reviewId}`, { rating: 1 })).status).toBe(401)
  })

  test.each([0, 6, 4.5])('with the rating %d', async (rating) => {
    const { status, body } = await ada.call('PUT', `/reviews/${reviewId}`, { rating })
    expect([status, body.errors[0].field]).toEqual([400, 'rating'])
  })

  test('of a review that does not exist', async () => {
    expect((await ada.call('PUT', `/reviews/${randomUUID()}`, { rating: 1 })).status).toBe(404)
    expect((await ada.call('DELETE', `/reviews/${randomUUID()}`)).status).toBe(404)
  })

  test('to a stranger who deletes it, or answers it', async () => {
    expect((await bob.call('DELETE', `/reviews/${reviewId}`)).status).toBe(403)
    expect((await bob.call('POST', `/reviews/${reviewId}/answer`, { text: 'No' })).status).toBe(403)
  })

  test('at another revision than the one that was read', async () => {
    await ada.call('PUT', `/reviews/${reviewId}`, { rating: 3 })
    const late = await ada.call('PUT', `/reviews/${reviewId}`, { rating: 2 }, { 'if-match': '"0"' })
    expect(late.body.code).toBe('revision_mismatch')
  })

  test('after 30 days', async () => {
    const before = now
    now += 31 * 24 * 60 * 60_000
    const { accessToken } = (
      await world.anyone('POST', '/auth/login', {
        email: 'ada@example.org',
        password: 'a long password',
      })
    ).body.tokens
    const { status, body } = await world.anyone(
      'PUT',
      `/reviews/${reviewId}`,
      { rating: 1 },
      { authorization: `Bearer ${accessToken}` },
    )
    now = before
    expect([status, body.code]).toEqual([409, 'no_longer_editable'])
  })
})
