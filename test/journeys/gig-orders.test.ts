import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { io } from 'socket.io-client'
import { agoraHere, type AgoraHere } from '../support/agora.ts'
import {
  gigBasket,
  gigOrderOf,
  gigOrderWith,
  newSeller,
  offerGig,
  orderGig,
} from '../support/marketplace.ts'
import { openDatabase, type Database } from '../../src/platform/engines/postgres/database.ts'
import { successOf, type Person } from '../support/shop.ts'
import { until } from '../support/until.ts'

let agora: AgoraHere
let database: Database
let ada: Person
let bob: Person
let gigId: string
beforeAll(async () => {
  agora = await agoraHere()
  database = openDatabase(agora.postgresUrl)
  ada = await newSeller(agora.shop)
  bob = await agora.shop.register()
  gigId = await offerGig(ada)
})
afterAll(async () => {
  await database.close()
  await agora[Symbol.asyncDispose]()
})

/** Types of a user's notifications about an order, in the app. */
const newsOf = async ({ id, call }: Person, orderId: string): Promise<readonly string[]> => {
  const { body } = successOf(await call('GET', `/notifications/user/${id}?limit=100`), 200)
  return body.data.notifications
    .filter((one: { orderId?: string; channel: string }) => {
      return one.orderId === orderId && one.channel === 'in_app'
    })
    .map(({ type }: { type: string }) => type)
    .toSorted()
}
const notified = (person: Person, orderId: string, ...types: readonly string[]) =>
  until(
    () => newsOf(person, orderId),
    (found) => types.every((type) => found.includes(type)),
  )

const earningsOf = async ({ call }: Person) =>
  successOf(await call('GET', '/users/me/earnings'), 200).body.data.earnings

const deliver = (order: string, message = 'Here it is') =>
  ada.call('POST', `/orders/${order}/deliver`, { message })

/** Makes a timer of an order due, as if its time had passed. */
const pass = async (orderId: string, type: string): Promise<void> => {
  await until(
    () =>
      database.query({
        text: `UPDATE agora.jobs SET due_at = now()
          WHERE state = 'open' AND data -> 'step' ->> 'type' = $1 AND data ->> 'key' = $2
          RETURNING id`,
        values: [type, orderId],
      }),
    ({ length }) => length > 0,
  )
}

test('an order of a gig is delivered, revised, completed and reviewed by both sides', async () => {
  const socket = io(`${agora.shop.url}/orders`, { auth: { token: ada.token }, forceNew: true })
  const pushed: string[] = []
  socket.on('order:status', ({ status }: { status: string }) => void pushed.push(status))
  await new Promise<void>((resolve) => socket.once('connect', resolve))

  const placed = successOf(await bob.call('POST', '/orders', gigBasket(gigId)), 202)
  const { id } = placed.body.data
  expect(placed.body.data).toMatchObject({
    status: 'PENDING',
    userId: bob.id,
    sellerId: ada.id,
    items: [{ kind: 'gig', refId: gigId, package: 'Basic', name: 'A logo for your workshop' }],
    total: { amount: 5_000, currency: 'EUR' },
  })
  await gigOrderWith(bob, id, 'IN_PROGRESS', 'AUTHORIZED')
  await notified(ada, id, 'gig_ordered')
  const held = { amount: 5_000, currency: 'EUR' }
  const nothing = { amount: 0, currency: 'EUR' }
  const [month] = await until(
    () => earningsOf(ada),
    ({ length }) => length > 0,
  )
  expect(month).toMatchObject({ currency: 'EUR', held, captured: nothing, refunded: nothing })
  const orders = async () =>
    successOf(await bob.call('GET', `/gigs/${gigId}`), 200).body.data.orders
  await until(orders, ({ active }) => active === 1)

  const early = await bob.call('POST', `/orders/${id}/complete`, {})
  expect([early.status, early.body.code]).toEqual([409, 'not_delivered'])
  expect(successOf(await deliver(id), 200).body.data.status).toBe('DELIVERED')
  const twice = await deliver(id)
  expect([twice.status, twice.body.code]).toEqual([409, 'already_delivered'])
  await notified(bob, id, 'gig_delivered')
  const wish = { message: 'A little bluer' }
  successOf(await bob.call('POST', `/orders/${id}/revision`, wish), 200)
  await notified(ada, id, 'gig_revision_requested')
  successOf(await deliver(id, 'Bluer now'), 200)
  const none = await bob.call('POST', `/orders/${id}/revision`, wish)
  expect([none.status, none.body.code]).toEqual([409, 'no_revisions_left'])
  successOf(await bob.call('POST', `/orders/${id}/complete`, {}), 202)

  const done = await gigOrderWith(bob, id, 'COMPLETED', 'COMPLETED')
  expect(done.work).toMatchObject({
    requirements: 'A heron on a blue ground',
    revisionsLeft: 0,
    deliveries: [
      { number: 1, message: 'Here it is' },
      { number: 2, message: 'Bluer now' },
    ],
    requests: [{ delivery: 1, message: 'A little bluer' }],
  })
  expect(await gigOrderOf(ada, id)).toEqual(done)
  await notified(ada, id, 'gig_completed')
  expect(await earningsOf(ada)).toEqual([{ ...month, held: nothing, captured: held }])
  await until(orders, ({ active, completed }) => active === 0 && completed === 1)
  await until(
    () => pushed,
    (statuses) => statuses.at(-1) === 'COMPLETED',
  )
  socket.disconnect()

  const { events, saga } = successOf(await ada.call('GET', `/orders/${id}/history`), 200).body.data
  expect(events.map(({ type }: { type: string }) => type)).toEqual([
    'GigOrderPlaced',
    'GigOrderTermsRecorded',
    'GigOrderStarted',
    'GigOrderDelivered',
    'GigOrderRevisionRequested',
    'GigOrderDelivered',
    'GigOrderAccepted',
    'GigOrderCompleted',
  ])
  const inputs = saga.map(({ input }: { input: { type: string } }) => input.type)
  expect(inputs).toEqual(expect.arrayContaining(['PaymentAuthorised', 'PaymentCaptured']))

  const review = (subjectType: string, subjectId: string) => ({
    subjectType,
    subjectId,
    orderId: id,
    rating: 5,
    comment: 'Splendid',
  })
  const ofGig = successOf(await bob.call('POST', '/reviews', review('gig', gigId)), 201)
  expect(ofGig.body.data).toMatchObject({ role: 'buyer', verified: true })
  successOf(await bob.call('POST', '/reviews', review('user', ada.id)), 201)
  const ofBuyer = successOf(await ada.call('POST', '/reviews', review('user', bob.id)), 201)
  expect(ofBuyer.body.data).toMatchObject({ role: 'seller', sealed: true })
  // Both sides have written: the reviews of people are shown.
  await until(
    async () => successOf(await ada.call('GET', `/reviews/order/${id}`), 200).body.data.reviews,
    (reviews) =>
      reviews.length === 3 && reviews.every(({ sealed }: { sealed: boolean }) => !sealed),
  )
  await until(
    async () => (await bob.call('GET', `/gigs/${gigId}`)).body.data.rating,
    ({ count, average }) => count === 1 && average === 5,
  )
  const { counts } = (await bob.call('GET', `/users/${ada.id}/overview`)).body.data
  expect(counts.ordersDone).toBe(1)

  const { call: admin } = await agora.shop.admin()
  const amount = { amount: 1_000, currency: 'EUR' }
  const back = await admin('POST', `/payments/${done.payment?.id}/refund`, { amount })
  successOf(back, 202)
  await gigOrderWith(bob, id, 'PARTLY_REFUNDED', 'PARTLY_REFUNDED')
  await notified(bob, id, 'order_refunded')
  await until(
    () => earningsOf(ada),
    ([one]) => one.refunded.amount === 1_000,
  )
  successOf(await admin('POST', `/orders/${id}/refund`, {}), 202)
  await gigOrderWith(bob, id, 'REFUNDED', 'REFUNDED')
})

describe('an order of a gig is cancelled', () => {
  test('when the card is declined', async () => {
    const basket = gigBasket(gigId, 'Basic', 'tok_declined')
    const { id } = successOf(await bob.call('POST', '/orders', basket), 202).body.data
    const order = await gigOrderWith(bob, id, 'CANCELLED', 'FAILED')
    expect(order.reason).toBe('payment_declined')
    await notified(bob, id, 'gig_cancelled')
    expect(await newsOf(ada, id)).toEqual([])
  })

  test('by agreement of both sides', async () => {
    const id = await orderGig(bob, gigId)
    const asked = await ada.call('POST', `/orders/${id}/cancel`, { reason: 'I am ill' })
    expect(successOf(asked, 200).body.data).toMatchObject({
      status: 'IN_PROGRESS',
      cancellationProposedBy: 'seller',
    })
    await notified(bob, id, 'gig_cancellation_proposed')
    const agreed = await bob.call('POST', `/orders/${id}/cancel`, {})
    expect(successOf(agreed, 200).body.data.status).toBe('CANCELLED')
    const order = await gigOrderWith(bob, id, 'CANCELLED', 'VOIDED')
    expect(order.reason).toBe('cancelled_by_agreement')
    await notified(ada, id, 'gig_cancelled')
  })

  test('by its buyer, once it is overdue', async () => {
    const id = await orderGig(bob, gigId)
    expect((await bob.call('POST', `/orders/${id}/cancel`, {})).body.data.status).toBe(
      'IN_PROGRESS',
    )
    await pass(id, 'MarkGigOrderOverdue')
    await notified(bob, id, 'gig_overdue')
    successOf(await bob.call('POST', `/orders/${id}/cancel`, {}), 200)
    const order = await gigOrderWith(bob, id, 'CANCELLED', 'VOIDED')
    expect(order.reason).toBe('overdue')
  })

  test('by an admin with a reason', async () => {
    const id = await orderGig(bob, gigId)
    const { call: admin } = await agora.shop.admin()
    const without = await admin('POST', `/orders/${id}/cancel`, {})
    expect([without.status, without.body.errors[0].field]).toEqual([400, 'reason'])
    successOf(await admin('POST', `/orders/${id}/cancel`, { reason: 'A forgery' }), 200)
    const order = await gigOrderWith(bob, id, 'CANCELLED', 'VOIDED')
    expect([order.reason, order.work.cancellation?.words]).toEqual([
      'cancelled_by_admin',
      'A forgery',
    ])
  })
})

test('three days of silence complete a delivered order', async () => {
  const id = await orderGig(bob, gigId)
  successOf(await deliver(id), 200)
  await pass(id, 'CompleteGigOrder')
  const { work } = await gigOrderWith(bob, id, 'COMPLETED', 'COMPLETED')
  expect(work.deliveries).toHaveLength(1)
  await notified(bob, id, 'gig_accepted')
})

test('of a concurrent completion and cancellation one wins, and the money agrees', async () => {
  const { call: admin } = await agora.shop.admin()
  const ends = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const id = await orderGig(bob, gigId)
      successOf(await deliver(id), 200)
      const answers = await Promise.all([
        bob.call('POST', `/orders/${id}/complete`, {}),
        admin('POST', `/orders/${id}/cancel`, { reason: 'too late' }),
      ])
      expect(answers.map(({ status }) => status).filter((status) => status < 300)).toHaveLength(1)
      const { status, payment } = await until(
        () => gigOrderOf(bob, id),
        (order) =>
          (order.status === 'COMPLETED' && order.payment?.status === 'COMPLETED') ||
          (order.status === 'CANCELLED' && order.payment?.status === 'VOIDED'),
      )
      return `${status} ${payment?.status}`
    }),
  )
  expect(ends).toHaveLength(6)
})

test('who closes their account ends their orders: delivered work is paid, other money is released', async () => {
  const carl = await agora.shop.register()
  const [delivered, open] = [await orderGig(carl, gigId), await orderGig(carl, gigId)]
  successOf(await deliver(delivered), 200)
  successOf(await carl.call('DELETE', `/users/${carl.id}`), 202)
  const done = await gigOrderWith(ada, delivered, 'COMPLETED', 'COMPLETED')
  expect(done.work).not.toHaveProperty('requirements')
  expect(done.work.deliveries[0]?.message).toBe('Here it is')
  const off = await gigOrderWith(ada, open, 'CANCELLED', 'VOIDED')
  expect(off.reason).toBe('buyer_left')
  const { call: admin } = await agora.shop.admin()
  await until(
    async () => (await admin('GET', `/admin/users/${carl.id}/forget`)).body,
    (body) => body.data?.status === 'forgotten',
  )
})

test('no warning was logged', () => expect(agora.written).toEqual([]))
