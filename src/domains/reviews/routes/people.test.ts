import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asId } from '#kernel'
import { gigStall, offer } from '../../../../test/support/gig-stall.ts'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { write } from '../../../../test/support/reviewing.ts'
import { lamp, originOfSaga, place } from '../../../../test/support/small-shop.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { UserId } from '../../shared/index.ts'
import { erase } from '../erase.ts'
import { review, ReviewId } from '../language.ts'

/** Orders that the read model shows as orders of gigs. */
const sales = new Map<string, object>()

let world: HttpWorld
let admin: Call
let ada: Awaited<ReturnType<HttpWorld['someone']>>
let bob: typeof ada
let eve: typeof ada
let gigId: string
let lampId: string
beforeAll(async () => {
  const readModels: ReadModels = {
    find: (...wanted) => world.readModels.find(...wanted),
    search: (...wanted) => world.readModels.search(...wanted),
    reach: (...wanted) => world.readModels.reach(...wanted),
    get: async (projection, key, minPosition) => {
      const { document, position } = await world.readModels.get(projection, key, minPosition)
      const sale = projection.name === 'orders' ? sales.get(key) : undefined
      return { document: document && { ...document, ...sale }, position }
    },
  }
  world = await httpWorld({ readModels })
  ;({ seller: ada, gigId } = await gigStall(world))
  admin = (await world.someone('root', 'admin')).call
  bob = await world.someone('bob')
  eve = await world.someone('eve')
  lampId = (await admin('POST', '/products', lamp)).body.data.id
})
afterAll(() => world[Symbol.asyncDispose]())

/** Orders Ada's gig as Bob. @returns the order's id */
const sold = async (status = 'COMPLETED', refId = gigId): Promise<string> => {
  const { id } = (await place(bob.call, lampId)).body.data
  sales.set(id, { status, sellerId: ada.id, items: [{ kind: 'gig', refId }] })
  return id
}
const of = (subjectType: string, subjectId: string, orderId?: string, more: object = {}) => ({
  subjectType,
  subjectId,
  ...(orderId !== undefined && { orderId }),
  rating: 4,
  ...more,
})
const got = async (path: string, call: Call = world.anyone) => {
  await world.readModels.fold()
  const { status, body, text } = await call('GET', path)
  expect(status, text).toBe(200)
  return body.data
}
const idsIn = async (path: string, call?: Call): Promise<readonly string[]> =>
  (await got(path, call)).reviews.map(({ id }: { id: string }) => id)
const reveal = async (...ids: readonly string[]) => {
  for (const id of ids)
    await world.deps.executor.execute(
      review,
      asId(ReviewId, id),
      { type: 'RevealReview', data: {} },
      originOfSaga(),
    )
}

describe('a gig', () => {
  test('is reviewed by the buyer, and has the rating', async () => {
    const other = await offer(ada.call)
    const orderId = await sold('COMPLETED', other)
    const id = await write(bob.call, of('gig', other, orderId, { comment: 'Quick' }))
    expect(await got(`/reviews/gig/${other}`)).toMatchObject({
      reviews: [{ id, comment: 'Quick', verified: true, role: 'buyer', author: { id: bob.id } }],
      total: 1,
      average: 4,
      histogram: { '4': 1 },
    })
    expect((await got(`/gigs/${other}`)).rating).toEqual({ average: 4, count: 1 })
    expect((await got('/gigs?rating=4')).gigs).toMatchObject([{ id: other }])
    expect(await idsIn(`/users/${ada.id}/reviews?as=seller`)).toContain(id)
    expect(await idsIn(`/users/${ada.id}/reviews?as=buyer`)).not.toContain(id)
  })

  test('is not reviewed without an order, by its seller, or by strangers', async () => {
    const orderId = await sold()
    const without = await bob.call('POST', '/reviews', of('gig', gigId))
    expect([without.status, without.body.errors[0].field]).toEqual([400, 'orderId'])
    const own = await ada.call('POST', '/reviews', of('gig', gigId, orderId))
    expect([own.status, own.body.code]).toEqual([403, 'own_review'])
    expect((await eve.call('POST', '/reviews', of('gig', gigId, orderId))).status).toBe(403)
    const elsewhere = await bob.call('POST', '/reviews', of('gig', await offer(ada.call), orderId))
    expect([elsewhere.status, elsewhere.body.errors[0].field]).toEqual([400, 'orderId'])
    expect((await bob.call('POST', '/reviews', of('gig', randomUUID(), orderId))).status).toBe(404)
    expect((await bob.call('POST', '/reviews', of('gig', gigId, randomUUID()))).status).toBe(404)
  })

  test.each(['IN_PROGRESS', 'DELIVERED', 'CANCELLED'])(
    'is not reviewed while its order is %s',
    async (status) => {
      const orderId = await sold(status)
      for (const about of [of('gig', gigId, orderId), of('user', ada.id, orderId)]) {
        const answer = await bob.call('POST', '/reviews', about)
        expect([answer.status, answer.body.code]).toEqual([409, 'order_not_completed'])
      }
    },
  )
})

describe('people', () => {
  test('review each other, and see the other review once both are revealed', async () => {
    const orderId = await sold()
    const ofSeller = await write(bob.call, of('user', ada.id, orderId, { rating: 5 }))
    expect((await got(`/reviews/${ofSeller}`, bob.call)).sealed).toBe(true)
    expect((await got(`/reviews/${ofSeller}`, admin)).sealed).toBe(true)
    for (const call of [ada.call, eve.call, world.anyone])
      expect((await call('GET', `/reviews/${ofSeller}`)).status).toBe(404)
    expect(await idsIn(`/reviews/order/${orderId}`, ada.call)).toEqual([])
    expect(await idsIn(`/reviews/order/${orderId}`, bob.call)).toEqual([ofSeller])
    for (const call of [ada.call, eve.call]) {
      const path = `/reviews/${ofSeller}`
      expect((await call('POST', `${path}/answer`, { text: 'Thanks' })).status).toBe(404)
      expect((await call('PUT', path, { rating: 1 })).status).toBe(404)
      expect((await call('DELETE', path)).status).toBe(404)
    }
    const { rating } = await got(`/users/${ada.id}`, eve.call)
    expect(rating).toEqual({ average: 0, count: 0 })

    const ofBuyer = await write(ada.call, of('user', bob.id, orderId, { rating: 2 }))
    expect((await bob.call('PUT', `/reviews/${ofSeller}`, { rating: 4 })).status).toBe(200)
    await reveal(ofSeller, ofBuyer)
    for (const call of [ada.call, bob.call, admin])
      expect(new Set(await idsIn(`/reviews/order/${orderId}`, call))).toEqual(
        new Set([ofSeller, ofBuyer]),
      )
    expect((await got(`/users/${ada.id}`, eve.call)).rating).toEqual({ average: 4, count: 1 })
    const { profile, counts, latestReviews } = await got(`/users/${bob.id}/overview`, eve.call)
    expect([profile.rating.count, counts.reviews]).toEqual([1, 1])
    expect(latestReviews).toMatchObject([{ id: ofBuyer, author: { id: ada.id } }])
    for (const call of [world.anyone, eve.call])
      expect(JSON.stringify(await got(`/users/${bob.id}/reviews`, call))).not.toContain(orderId)
    expect(JSON.stringify(latestReviews)).not.toContain(orderId)
    expect(await idsIn(`/users/${bob.id}/reviews?as=buyer`)).toEqual([ofBuyer])
    expect(await idsIn(`/users/${bob.id}/reviews?as=seller`)).toEqual([])
    expect(await idsIn(`/users/${bob.id}/reviews?as=buyer,seller`)).toEqual([ofBuyer])
    expect((await world.anyone('GET', `/users/${bob.id}/reviews?as=admin`)).status).toBe(400)
    const late = await bob.call('PUT', `/reviews/${ofSeller}`, { rating: 1 })
    expect([late.status, late.body.code]).toEqual([409, 'already_revealed'])
  })

  test('are no longer reviewed by the other side once it could read what was written', async () => {
    const [orderId, erased, unread] = [await sold(), await sold(), await sold()]
    const about = (one: string) => of('user', bob.id, one, { rating: 1 })
    for (const one of [orderId, erased, unread]) {
      const id = await write(bob.call, of('user', ada.id, one, { rating: 2 }))
      if (one !== unread) await reveal(id)
      if (one !== orderId) await bob.call('DELETE', `/reviews/${id}`)
    }
    for (const one of [orderId, erased]) {
      const late = await ada.call('POST', '/reviews', about(one))
      expect([late.status, late.body.code]).toEqual([409, 'reviews_closed'])
    }
    // Nobody has read this one.
    await write(ada.call, about(unread))
    // The work is reviewed all the same.
    await write(bob.call, of('gig', gigId, orderId))
  })

  test('are not reviewed by strangers, by themselves, or as somebody else', async () => {
    const orderId = await sold()
    expect((await eve.call('POST', '/reviews', of('user', ada.id, orderId))).status).toBe(403)
    const own = await bob.call('POST', '/reviews', of('user', bob.id, orderId))
    expect([own.status, own.body.code]).toEqual([403, 'own_review'])
    const other = await bob.call('POST', '/reviews', of('user', eve.id, orderId))
    expect([other.status, other.body.errors[0].field]).toEqual([400, 'subjectId'])
    const without = await bob.call('POST', '/reviews', of('user', ada.id))
    expect([without.status, without.body.errors[0].field]).toEqual([400, 'orderId'])
    await write(bob.call, of('user', ada.id, orderId))
    expect((await bob.call('POST', '/reviews', of('user', ada.id, orderId))).status).toBe(409)
    expect((await eve.call('GET', `/reviews/order/${orderId}`)).status).toBe(403)
  })
})

describe('an answer', () => {
  test('is given once, by the reviewed', async () => {
    const id = await write(bob.call, of('gig', gigId, await sold()))
    const path = `/reviews/${id}/answer`
    for (const call of [bob.call, eve.call, admin])
      expect((await call('POST', path, { text: 'Mine' })).status).toBe(403)
    expect((await world.anyone('POST', path, { text: 'Mine' })).status).toBe(401)
    const wrong = await ada.call('POST', path, { text: '' })
    expect([wrong.status, wrong.body.errors[0].field]).toEqual([400, 'text'])
    const answered = await ada.call('POST', path, { text: 'Thank you' })
    expect([answered.status, answered.body.data.answer.text]).toEqual([201, 'Thank you'])
    expect((await got(`/reviews/${id}`)).answer.text).toBe('Thank you')
    const again = await ada.call('POST', path, { text: 'Once more' })
    expect([again.status, again.body.code]).toEqual([409, 'already_answered'])
  })
})

test('an order shows who has reviewed', async () => {
  const orderId = await sold()
  expect((await got(`/orders/${orderId}`, bob.call)).reviewed).toEqual({
    buyer: false,
    seller: false,
  })
  await write(bob.call, of('gig', gigId, orderId))
  expect((await got(`/orders/${orderId}`, bob.call)).reviewed).toEqual({
    buyer: true,
    seller: false,
  })
  await write(ada.call, of('user', bob.id, orderId))
  expect((await got(`/orders/${orderId}`, bob.call)).reviewed.seller).toBe(true)
})

test('who leaves stays as an anonymous rating, and their answers go', async () => {
  const gone = await world.someone('gone', 'seller')
  const theirs = await offer(gone.call)
  const { id: orderId } = (await place(bob.call, lampId)).body.data
  sales.set(orderId, { status: 'COMPLETED', sellerId: gone.id, items: [{ refId: theirs }] })
  const ofGig = await write(bob.call, of('gig', theirs, orderId, { comment: 'Fine' }))
  await gone.call('POST', `/reviews/${ofGig}/answer`, { text: 'I live at the mill' })
  const ofBuyer = await write(gone.call, of('user', bob.id, orderId, { comment: 'From the mill' }))
  await reveal(ofBuyer)
  const before = (await got(`/users/${bob.id}`, eve.call)).rating

  const erasing = { userId: asId(UserId, gone.id), hastened: false, origin: originOfSaga() }
  const { executor, readModels, blobs } = world.deps
  expect(await erase(erasing, { executor, readModels, blobs })).toEqual({
    awaited: 0,
    counts: { reviews: 1, answers: 1 },
  })
  await world.readModels.fold()
  expect(await erase(erasing, { executor, readModels, blobs })).toEqual({
    awaited: 0,
    counts: { reviews: 0, answers: 0 },
  })
  const anonymous = await got(`/reviews/${ofBuyer}`)
  expect(anonymous).toMatchObject({ rating: 4, sealed: false })
  expect([anonymous.author, anonymous.comment]).toEqual([undefined, undefined])
  expect(await got(`/reviews/${ofGig}`)).not.toHaveProperty('answer')
  expect((await got(`/reviews/${ofGig}`)).comment).toBe('Fine')
  expect((await got(`/users/${bob.id}`, eve.call)).rating).toEqual(before)
})
