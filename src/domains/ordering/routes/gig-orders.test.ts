import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gigStall, logo, offer } from '../../../../test/support/gig-stall.ts'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { ownFile } from '../../../../test/support/own-file.ts'
import { basketWith, lamp, originOfSaga, place } from '../../../../test/support/small-shop.ts'
import { asId } from '#kernel'
import { account } from '../../identity/language.ts'
import { payment, paymentIdOf } from '../../payments/language.ts'
import { OrderId, UserId } from '../../shared/index.ts'
import { gigOrder } from '../language.ts'

type Person = Awaited<ReturnType<HttpWorld['someone']>>

let world: HttpWorld
let now = new Date('2030-01-01T12:00:00.000Z')
let admin: Call
let ada: Person
let bob: Person
let eve: Person
let gigId: string
let lampId: string
beforeAll(async () => {
  const config = { accessTokenTtl: 90 * 24 * 60 * 60 }
  world = await httpWorld({ clock: () => now, config })
  ;({ seller: ada, gigId } = await gigStall(world))
  admin = (await world.someone('root', 'admin')).call
  bob = await world.someone('bob')
  eve = await world.someone('eve', 'seller')
  lampId = (await admin('POST', '/products', lamp)).body.data.id
})
afterAll(() => world[Symbol.asyncDispose]())

const line = (refId: string, more: object = {}) => ({
  kind: 'gig',
  refId,
  package: 'Basic',
  quantity: 1,
  ...more,
})
const basket = (...items: readonly object[]) => ({ items, paymentMethod: { token: 'tok_ok' } })
const order = (items: readonly object[], more: object = {}, call = bob.call) =>
  call('POST', '/orders', { ...basket(...items), ...more })

/** Orders Ada's gig as Bob. @returns the order's id */
const placed = async (more: object = {}): Promise<string> => {
  const reply = await order([line(gigId)], more)
  expect(reply.status, reply.text).toBe(202)
  return reply.body.data.id
}

const command = async (id: string, type: 'StartGigOrder' | 'RecordGigOrderCapture') => {
  const orderId = asId(OrderId, id)
  const data = { paymentId: paymentIdOf(orderId) }
  await world.deps.executor.execute(gigOrder, orderId, { type, data }, originOfSaga())
}

/** Orders the gig; the money is held, as the saga records it. @returns the order's id */
const started = async (more: object = {}): Promise<string> => {
  const id = await placed(more)
  await command(id, 'StartGigOrder')
  return id
}
const deliver = (id: string, call = ada.call) =>
  call('POST', `/orders/${id}/deliver`, { message: 'Here' })
const said = ({ status, body }: Awaited<ReturnType<Call>>) => [status, body.code]

test('an order of a gig is refused where its price is not the agreed one', async () => {
  const dearer = await order([line(gigId)], { agreedTotal: { amount: 1, currency: 'EUR' } })
  expect([dearer.status, dearer.body.code]).toStrictEqual([409, 'price_changed'])
  const [{ price }] = (await bob.call('GET', `/gigs/${gigId}`)).body.data.packages
  expect((await order([line(gigId)], { agreedTotal: price })).status).toBe(202)
})

describe('an order of a gig', () => {
  test('has the price that the package has at that moment', async () => {
    const id = await offer(ada.call)
    const { packages } = logo
    const dearer = packages.map((one) => ({ ...one, price: { amount: 7_700, currency: 'EUR' } }))
    expect((await ada.call('PATCH', `/gigs/${id}`, { packages: dearer })).status).toBe(200)
    const reply = await order([line(id, { package: ' basic ' })], { requirements: 'Blue' })
    expect(reply.status, reply.text).toBe(202)
    const { id: orderId } = reply.body.data
    expect(reply.headers.location).toBe(`/api/v1/orders/${orderId}`)
    expect(reply.body.data).toEqual({
      id: orderId,
      userId: bob.id,
      sellerId: ada.id,
      status: 'PENDING',
      items: [
        {
          kind: 'gig',
          refId: id,
          quantity: 1,
          name: 'A logo for your workshop',
          package: 'Basic',
          price: { amount: 7_700, currency: 'EUR' },
        },
      ],
      total: { amount: 7_700, currency: 'EUR' },
      revisionsLeft: 1,
    })
    // Before the read model has it, it is folded from its own events.
    const fresh = (await bob.call('GET', `/orders/${orderId}`)).body.data
    await world.readModels.fold()
    expect((await bob.call('GET', `/orders/${orderId}`)).body.data).toEqual(fresh)
    expect(fresh.work).toEqual({
      deliveryDays: 3,
      revisions: 1,
      revisionsLeft: 1,
      requirements: 'Blue',
      deliveries: [],
      requests: [],
    })
  })

  test('is one gig and nothing else', async () => {
    const mixed = [
      [line(gigId), { kind: 'product', refId: lampId, quantity: 1 }],
      [{ kind: 'product', refId: lampId, quantity: 1 }, line(gigId)],
      [line(gigId), line(gigId)],
    ]
    for (const items of mixed) expect(said(await order(items))).toEqual([400, 'mixed_kinds'])
  })

  test.each([
    [{ quantity: 2 }, 'items[0].quantity'],
    [{ package: 'Deluxe' }, 'items[0].package'],
    [{ package: undefined }, 'items[0].package'],
    [{ kind: 'car' }, 'items[0].kind'],
    [{ price: 1 }, 'items[0].price'],
  ])('is refused by the field that is wrong: %j', async (change, field) => {
    const { status, body } = await order([line(gigId, change)])
    expect([status, body.errors[0].field]).toEqual([400, field])
  })

  test('has no address, and an order of products neither package nor requirements', async () => {
    const shippingAddress = { line1: '1 Main St', city: 'Bath', postalCode: 'BA1', country: 'GB' }
    const product = { kind: 'product', refId: lampId, quantity: 1 }
    const fieldOf = async (...asked: Parameters<typeof order>) => {
      const { status, body } = await order(...asked)
      return [status, body.errors[0].field]
    }
    expect(await fieldOf([line(gigId)], { shippingAddress })).toEqual([400, 'shippingAddress'])
    expect(await fieldOf([product], { requirements: 'x' })).toEqual([400, 'requirements'])
    expect(await fieldOf([line(gigId)], { requirements: '' })).toEqual([400, 'requirements'])
    const packed = { ...product, package: 'Basic' }
    expect(await fieldOf([packed])).toEqual([400, 'items[0].package'])
  })

  test('is not placed by its seller, nor between users of whom one blocks the other', async () => {
    expect(said(await order([line(gigId)], {}, ada.call))).toEqual([403, 'own_gig'])
    const mallory = await world.someone('mallory')
    expect((await ada.call('POST', `/users/${mallory.id}/block`)).status).toBe(200)
    expect((await order([line(gigId)], {}, mallory.call)).status).toBe(403)
    expect((await world.anyone('POST', '/orders', basket(line(gigId)))).status).toBe(401)
  })

  test('needs a gig that is offered', async () => {
    const draft = await offer(ada.call, {}, { isDraft: true })
    const gone = await offer(ada.call)
    await ada.call('DELETE', `/gigs/${gone}`)
    for (const id of [draft, gone, randomUUID()])
      expect(said(await order([line(id)]))).toEqual([404, 'no_such_gig'])
    const paused = await offer(ada.call)
    await ada.call('POST', `/gigs/${paused}/pause`)
    expect(said(await order([line(paused)]))).toEqual([409, 'gig_paused'])
  })

  test('is not taken for a suspended seller, from the moment of the suspension on', async () => {
    const { seller, gigId: offered } = await gigStall(world, 'otis')
    const { execute } = world.deps.executor
    const id = asId(UserId, seller.id)
    const suspend = { type: 'SuspendAccount' as const, data: { reason: 'Fraud' } }
    await execute(account, id, suspend, originOfSaga())
    // The job that pauses the gigs has not run.
    expect(said(await order([line(offered)]))).toEqual([409, 'gig_paused'])
    await execute(account, id, { type: 'ResumeAccount', data: {} }, originOfSaga())
    expect((await order([line(offered)])).status).toBe(202)
  })

  test('is placed once under an idempotency key', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const once = await bob.call('POST', '/orders', basket(line(gigId)), headers)
    const again = await bob.call('POST', '/orders', basket(line(gigId)), headers)
    expect(again.text).toBe(once.text)
  })
})

describe('the work on an order', () => {
  test('is delivered by its seller, revised and completed by its buyer, and by nobody else', async () => {
    const id = await started()
    const asked = (what: string, call: Call) =>
      call('POST', `/orders/${id}/${what}`, what === 'complete' ? {} : { message: 'x' })
    for (const [what, call] of [
      ...[bob.call, eve.call, admin].map((call) => ['deliver', call] as const),
      ...[ada.call, eve.call, admin].map((call) => ['revision', call] as const),
      ...[ada.call, eve.call, admin].map((call) => ['complete', call] as const),
    ])
      expect(said(await asked(what, call))).toEqual([403, 'forbidden'])
    for (const what of ['deliver', 'revision', 'complete'])
      expect((await asked(what, world.anyone)).status).toBe(401)
    expect(said(await asked('revision', bob.call))).toEqual([409, 'not_delivered'])
    expect(said(await asked('complete', bob.call))).toEqual([409, 'not_delivered'])

    expect((await deliver(id)).body.data).toMatchObject({ status: 'DELIVERED', revisionsLeft: 1 })
    expect(said(await deliver(id))).toEqual([409, 'already_delivered'])
    const revised = await asked('revision', bob.call)
    expect(revised.body.data).toMatchObject({ status: 'IN_REVISION', revisionsLeft: 0 })
    await deliver(id)
    expect(said(await asked('revision', bob.call))).toEqual([409, 'no_revisions_left'])
    const completed = await asked('complete', bob.call)
    expect([completed.status, completed.body.data.accepted]).toEqual([202, true])
    await command(id, 'RecordGigOrderCapture')
    await world.readModels.fold()
    expect((await bob.call('GET', `/orders/${id}`)).body.data.status).toBe('COMPLETED')
  })

  test('needs a message, and media that are named by their ids', async () => {
    const id = await started()
    const fieldOf = async (body: object) => {
      const reply = await ada.call('POST', `/orders/${id}/deliver`, body)
      return [reply.status, reply.body.errors?.[0].field]
    }
    expect(await fieldOf({})).toEqual([400, 'message'])
    expect(await fieldOf({ message: '' })).toEqual([400, 'message'])
    expect(await fieldOf({ message: 'x', mediaIds: ['x'] })).toEqual([400, 'mediaIds[0]'])
    for (const file of [randomUUID(), await ownFile(world, bob.id)])
      expect(await fieldOf({ message: 'x', mediaIds: [file] })).toEqual([404, 'mediaIds[0]'])
    const mediaIds = [await ownFile(world, ada.id, 'document')]
    expect(await fieldOf({ message: 'x', mediaIds })).toEqual([200, undefined])
    await world.readModels.fold()
    const { work } = (await bob.call('GET', `/orders/${id}`)).body.data
    expect(work.deliveries).toMatchObject([{ number: 1, message: 'x', mediaIds }])
    // The buyer sees the file, others do not.
    const statusFor = async (call: Call) => (await call('GET', `/media/${mediaIds[0]}`)).status
    expect([await statusFor(bob.call), await statusFor(eve.call)]).toEqual([200, 404])
  })

  test('is of gigs only', async () => {
    const { id } = (await place(bob.call, lampId)).body.data
    expect(said(await deliver(id, bob.call))).toEqual([409, 'not_a_gig'])
    expect((await deliver(id, ada.call)).status).toBe(403)
    expect((await deliver(randomUUID())).status).toBe(404)
  })

  test('rests on the revision of If-Match', async () => {
    const id = await started()
    const { headers } = await ada.call('GET', `/orders/${id}`)
    await deliver(id)
    const body = { message: 'x' }
    const stale = { 'if-match': String(headers.etag) }
    expect((await bob.call('POST', `/orders/${id}/revision`, body, stale)).status).toBe(412)
  })
})

describe('a cancellation of an order of a gig', () => {
  const cancel = (id: string, call: Call, body: object = {}) =>
    call('POST', `/orders/${id}/cancel`, body)

  test('is possible at once before the work begins, for either side', async () => {
    for (const call of [bob.call, ada.call]) {
      const { status, body } = await cancel(await placed(), call)
      expect([status, body.data.status]).toEqual([200, 'CANCELLED'])
    }
  })

  test('is proposed afterwards, and is nobody else’s business', async () => {
    const id = await started()
    expect((await cancel(id, eve.call)).status).toBe(403)
    expect((await cancel(id, world.anyone)).status).toBe(401)
    const asked = await cancel(id, bob.call, { reason: 'Changed my mind' })
    expect(asked.body.data).toMatchObject({
      status: 'IN_PROGRESS',
      cancellationProposedBy: 'buyer',
    })
    await world.readModels.fold()
    const { work } = (await ada.call('GET', `/orders/${id}`)).body.data
    expect(work.cancellation).toMatchObject({ proposedBy: 'buyer', words: 'Changed my mind' })
    expect((await cancel(id, ada.call)).body.data.status).toBe('CANCELLED')
  })

  test('is the right of the buyer, once the order is overdue', async () => {
    const id = await started()
    const at = now
    now = new Date(at.getTime() + 3 * 24 * 60 * 60_000 + 1)
    const sellers = await cancel(id, ada.call)
    const buyers = await cancel(id, bob.call)
    now = at
    expect(sellers.body.data.status).toBe('IN_PROGRESS')
    expect(buyers.body.data.status).toBe('CANCELLED')
  })

  test('by an admin has a reason', async () => {
    const [one, other] = [await started(), await started()]
    const without = await cancel(one, admin)
    expect([without.status, without.body.errors[0].field]).toEqual([400, 'reason'])
    expect((await cancel(one, admin, { reason: 'Fraud' })).body.data.status).toBe('CANCELLED')
    const move = (body: object) => admin('PUT', `/orders/${other}`, body)
    expect(said(await move({ status: 'SHIPPED' }))).toEqual([409, 'not_of_products'])
    const moved = await move({ status: 'CANCELLED', reason: 'Fraud' })
    expect([moved.status, moved.body.data.status]).toEqual([200, 'CANCELLED'])
  })
})

describe('an order of a gig is read', () => {
  test('by its parties and admins, in every form', async () => {
    const id = await started({ requirements: 'In blue' })
    await world.readModels.fold()
    for (const path of [`/orders/${id}`, `/orders/${id}/history`, `/orders/${id}/details`]) {
      for (const call of [bob.call, ada.call, admin])
        expect((await call('GET', path)).status).toBe(200)
      expect((await eve.call('GET', path)).status).toBe(403)
      expect((await world.anyone('GET', path)).status).toBe(401)
    }
    const { events } = (await ada.call('GET', `/orders/${id}/history`)).body.data
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      'GigOrderPlaced',
      'GigOrderTermsRecorded',
      'GigOrderStarted',
    ])
    expect(JSON.stringify(events)).not.toContain('tok_ok')
  })

  test('in the lists and searches of its parties', async () => {
    const id = await started()
    await world.readModels.fold()
    const idsIn = async (call: Call, path: string) =>
      (await call('GET', path)).body.data.orders.map((one: { id: string }) => one.id)
    expect(await idsIn(bob.call, '/orders?status=IN_PROGRESS&limit=100')).toContain(id)
    expect(await idsIn(ada.call, '/orders?limit=100')).toEqual([])
    expect(await idsIn(ada.call, '/orders?as=seller&limit=100')).toContain(id)
    expect(await idsIn(bob.call, '/orders?as=seller')).toEqual([])
    expect(await idsIn(admin, '/orders?limit=100')).toContain(id)
    expect(await idsIn(admin, '/orders?as=buyer')).toEqual([])
    const [buyers, sellers] = [`/users/${bob.id}/orders`, `/users/${ada.id}/orders`]
    for (const call of [bob.call, admin]) {
      expect(await idsIn(call, `${buyers}?status=IN_PROGRESS&limit=100`)).toContain(id)
      expect(await idsIn(call, `${buyers}?as=seller`)).toEqual([])
    }
    for (const call of [ada.call, admin]) {
      expect(await idsIn(call, sellers)).toEqual([])
      expect(await idsIn(call, `${sellers}?as=seller&limit=100`)).toContain(id)
    }
    for (const path of [buyers, sellers]) {
      expect(said(await eve.call('GET', path))).toEqual([403, 'forbidden'])
      expect((await world.anyone('GET', path)).status).toBe(401)
    }
    expect(said(await ada.call('GET', buyers))).toEqual([403, 'forbidden'])
    const found = async (call: Call) =>
      (await call('GET', `/search/orders?q=${id}`)).body.data.hits.map(
        (one: { id: string }) => one.id,
      )
    for (const call of [ada.call, bob.call, admin]) expect(await found(call)).toEqual([id])
    expect(await found(eve.call)).toEqual([])
  })

  test('by those who talk about it', async () => {
    const id = await started()
    const talk = { participantId: bob.id, orderId: id }
    const answer = await ada.call('POST', '/chat/conversations', talk)
    expect(answer.status, answer.text).toBe(201)
    const between = { participantId: (await world.someone('otto')).id, orderId: id }
    expect((await eve.call('POST', '/chat/conversations', between)).status).toBe(404)
  })
})

test('an order of a gig is not paid by hand, and has no goods to return', async () => {
  const id = await placed()
  const pay = {
    orderId: id,
    method: { token: 'tok_ok' },
    amount: { amount: 5_000, currency: 'EUR' },
  }
  expect(said(await bob.call('POST', '/payments', pay))).toEqual([409, 'not_payable'])
  expect((await eve.call('POST', '/payments', pay)).status).toBe(403)
  expect(said(await bob.call('POST', `/orders/${id}/returns`, {}))).toEqual([
    409,
    'nothing_to_return',
  ])
})

describe('a refund of an order of a gig', () => {
  const completed = async () => {
    const id = await started()
    await deliver(id)
    await bob.call('POST', `/orders/${id}/complete`, {})
    await command(id, 'RecordGigOrderCapture')
    return id
  }

  test('is requested by admins, of a completed order, as a whole', async () => {
    const open = await started()
    const refund = (id: string, call: Call, body: object = {}) =>
      call('POST', `/orders/${id}/refund`, body)
    expect(said(await refund(open, admin))).toEqual([409, 'not_completed'])
    const id = await completed()
    for (const call of [bob.call, ada.call, eve.call])
      expect((await refund(id, call)).status).toBe(403)
    const items = [{ line: 0, quantity: 1 }]
    expect((await refund(id, admin, { items })).body.errors[0].field).toBe('items')
    const asked = await refund(id, admin, { reason: 'Not as described' })
    expect(asked.status, asked.text).toBe(202)
    expect(asked.body.data).toMatchObject({
      orderId: id,
      status: 'PENDING',
      amount: { amount: 5_000, currency: 'EUR' },
      order: { status: 'COMPLETED' },
    })
  })

  test('is requested of its payment, by an amount', async () => {
    const id = asId(OrderId, await completed())
    const paymentId = paymentIdOf(id)
    const { executor } = world.deps
    const amount = { amount: 5_000, currency: 'EUR' }
    const bill = { orderId: id, userId: bob.id, amount, token: 'tok_ok' }
    const receipt = { provider: 'simulator', providerRef: 'au_1', attempt: 1 }
    for (const sent of [
      { type: 'AuthorisePayment', data: bill },
      { type: 'RecordAuthorisation', data: receipt },
      { type: 'CompletePayment', data: receipt },
    ])
      await executor.execute(payment, paymentId, sent as never, originOfSaga())
    const refund = (body: object) => admin('POST', `/payments/${paymentId}/refund`, body)
    const part = { amount: 1_000, currency: 'EUR' }
    expect((await refund({ amount: part })).body.data.status).toBe('REFUND_PENDING')
    expect(said(await refund({ amount }))).toEqual([409, 'more_than_paid'])
  })
})

describe('earnings', () => {
  test('are of sellers, by month and currency', async () => {
    const carl = await world.someone('carl', 'seller')
    const theirs = await offer(carl.call)
    const earn = async (at: string) => {
      now = new Date(at)
      const reply = await order([line(theirs)])
      const { id } = reply.body.data
      await command(id, 'StartGigOrder')
      return String(id)
    }
    const read = async () => {
      await world.readModels.fold()
      return (await carl.call('GET', '/users/me/earnings')).body.data
    }
    const before = now
    const id = await earn('2030-01-31T23:00:00.000Z')
    await earn('2030-02-02T00:00:00.000Z')
    const euros = (amount: number) => ({ amount, currency: 'EUR' })
    const month = (name: string, held: number, captured: number) => ({
      month: name,
      currency: 'EUR',
      held: euros(held),
      captured: euros(captured),
      refunded: euros(0),
    })
    expect((await read()).earnings).toEqual([
      month('2030-02', 5_000, 0),
      month('2030-01', 5_000, 0),
    ])
    await deliver(id, carl.call)
    await bob.call('POST', `/orders/${id}/complete`, {})
    await command(id, 'RecordGigOrderCapture')
    now = before
    expect(await read()).toMatchObject({
      earnings: [month('2030-02', 5_000, 5_000), month('2030-01', 0, 0)],
      total: 2,
    })
    expect((await bob.call('GET', '/users/me/earnings')).status).toBe(403)
    expect((await world.anyone('GET', '/users/me/earnings')).status).toBe(401)
    expect((await eve.call('GET', '/users/me/earnings')).body.data.earnings).toEqual([])
  })
})

test('an order of products is as it was', async () => {
  const reply = await bob.call('POST', '/orders', basketWith(lampId))
  expect(Object.keys(reply.body.data).toSorted()).toEqual([
    'id',
    'items',
    'status',
    'total',
    'userId',
  ])
})
