import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { move, originOfSaga, place, smallShop } from '../../../../test/support/small-shop.ts'
import { deliver, type Delivery } from '../../../../test/support/webhooks.ts'
import { order } from '../../ordering/language.ts'
import { OrderId, RefundId, type UserId } from '../../shared/index.ts'
import { shipment, shipmentIdOf, trackingOf } from '../language.ts'

const secrets = { post: 'the secret of the post', courier: 'the secret of the courier' }
const start = new Date('2030-01-07T08:00:00.000Z')
let now = start
let world: HttpWorld
let buyer: Awaited<ReturnType<HttpWorld['someone']>>
let productId: string

beforeAll(async () => {
  world = await httpWorld({
    clock: () => now,
    config: { webhookSecrets: { shipping: secrets }, accessTokenTtl: 24 * 60 * 60 },
  })
  ;({ buyer, productId } = await smallShop(world))
})
afterAll(() => world[Symbol.asyncDispose]())

/** An order with a shipment of a carrier. */
const sendable = async (carrier: keyof typeof secrets = 'post') => {
  const orderId: OrderId = (await place(buyer.call, productId)).body.data.id
  await move(world.deps.executor, orderId as never, 'ConfirmStock', 'ConfirmOrder')
  const id = shipmentIdOf(orderId)
  const method = carrier === 'post' ? 'standard' : 'express'
  const cost = { amount: 0, currency: 'EUR' }
  const data = { orderId, userId: buyer.id as UserId, carrier, method, cost }
  await world.deps.executor.execute(shipment, id, { type: 'CreateShipment', data }, originOfSaga())
  return { orderId, id }
}

const told = (
  body: object | string,
  { carrier = 'post', ...more }: Partial<Delivery> & { carrier?: string } = {},
) =>
  deliver(world.app, `/shipping/webhooks/${carrier}`, {
    body,
    secret: carrier === 'courier' ? secrets.courier : secrets.post,
    at: now,
    ...more,
  })

const statusOf = async (id: ReturnType<typeof shipmentIdOf>) =>
  (await world.deps.executor.stateOf(shipment, id)).state.status

let messages = 0
const message = (shipmentId: string, status: string, minute?: number) => ({
  id: `msg-${(messages += 1)}`,
  shipmentId,
  status,
  ...(minute !== undefined && {
    occurredAt: `2030-01-07T07:${String(minute).padStart(2, '0')}:00Z`,
  }),
})

describe('a message of a carrier', () => {
  test('moves the shipment and its order', async () => {
    const { orderId, id } = await sendable()
    const reply = await told({ ...message(id, 'DISPATCHED'), tracking: 'X1', note: 'picked up' })
    expect(reply.status, reply.text).toBe(200)
    expect(reply.body.data).toEqual({ received: true, applied: true })
    const { state } = await world.deps.executor.stateOf(order, orderId)
    expect(state.status).toBe('SHIPPED')
    const read = await buyer.call(
      'GET',
      `/shipping/shipments/${id}?minPosition=${reply.body.meta.position}`,
    )
    expect(read.body.data).toMatchObject({
      status: 'DISPATCHED',
      tracking: 'X1',
      note: 'picked up',
      happenedAt: '2030-01-07T08:00:00.000Z',
    })
  })

  test('finds the shipment by its number, ours or that of the carrier', async () => {
    const { id } = await sendable()
    const { shipmentId: _, ...first } = message(id, 'DISPATCHED')
    expect((await told({ ...first, tracking: trackingOf(id) })).body.data.applied).toBe(true)
    await told({ ...message(id, 'IN_TRANSIT'), tracking: 'POST-77' })
    const { shipmentId: __, ...last } = message(id, 'DELIVERED')
    expect((await told({ ...last, tracking: 'POST-77' })).body.data.applied).toBe(true)
    expect(await statusOf(id)).toBe('DELIVERED')
  })

  test('is refused with a bad signature, before anything of it is read', async () => {
    const { id } = await sendable()
    const body = message(id, 'DISPATCHED')
    const head = await world.log.head()
    for (const wrong of [
      { secret: 'another secret' },
      { secret: secrets.courier },
      { signature: undefined },
      { signature: 't=1,v1=00' },
    ]) {
      const reply = await told(body, wrong)
      expect([reply.status, reply.body.code]).toEqual([401, 'bad_signature'])
    }
    const empty = await told({}, { secret: 'another secret' })
    expect([empty.status, empty.body.code]).toEqual([401, 'bad_signature'])
    expect(await world.log.head()).toBe(head)
    expect(await statusOf(id)).toBe('CREATED')
  })

  test('is refused when its signature is old, and a changed body when it is not', async () => {
    const { id } = await sendable()
    const body = JSON.stringify(message(id, 'DISPATCHED'))
    const old = await told(body, { at: new Date(now.getTime() - 5 * 60_000 - 1_000) })
    expect([old.status, old.body.code]).toEqual([401, 'stale_signature'])
    expect(await statusOf(id)).toBe('CREATED')
  })

  test('is without effect when it is delivered again', async () => {
    const { id } = await sendable()
    const failed = message(id, 'FAILED')
    expect((await told(failed)).body.data.applied).toBe(true)
    for (const minutes of [0, 1, 4])
      try {
        now = new Date(start.getTime() + minutes * 60_000)
        const again = await told(failed)
        expect([again.status, again.body.data.applied]).toEqual([200, false])
      } finally {
        now = start
      }
    expect(await statusOf(id)).toBe('FAILED')
    await told(message(id, 'IN_TRANSIT', 59))
    expect((await told(failed)).body.data.applied).toBe(false)
  })

  test('about an unknown shipment, or one of another carrier, is refused', async () => {
    const unknown = shipmentIdOf(derivedId(OrderId, 'none'))
    const reply = await told(message(unknown, 'DISPATCHED'))
    expect([reply.status, reply.body.errors[0].field]).toEqual([404, 'shipmentId'])
    const nowhere = await told({ id: 'a', tracking: 'NONE', status: 'DISPATCHED' })
    expect([nowhere.status, nowhere.body.errors[0].field]).toEqual([404, 'tracking'])
    const { id } = await sendable()
    const foreign = await told(message(id, 'DISPATCHED'), { carrier: 'courier' })
    expect(foreign.status).toBe(404)
    const { shipmentId: _, ...numbered } = message(id, 'DISPATCHED')
    const guessed = { ...numbered, tracking: trackingOf(id) }
    expect((await told(guessed, { carrier: 'courier' })).status).toBe(404)
    expect(await statusOf(id)).toBe('CREATED')
  })

  test('of a carrier without a secret is refused', async () => {
    const { id } = await sendable()
    expect((await told(message(id, 'DISPATCHED'), { carrier: 'pigeon' })).status).toBe(404)
    await using closed = await httpWorld()
    const reply = await deliver(closed.app, '/shipping/webhooks/post', {
      body: message(id, 'DISPATCHED'),
      secret: '',
    })
    expect(reply.status).toBe(404)
  })

  test('names what is wrong with it', async () => {
    const { id } = await sendable()
    for (const [change, field] of [
      [{ status: 'LOST' }, 'status'],
      [{ shipmentId: undefined }, 'shipmentId'],
      [{ id: undefined }, 'id'],
      [{ occurredAt: 'yesterday' }, 'occurredAt'],
    ] as const) {
      const reply = await told({ ...message(id, 'DISPATCHED'), ...change })
      expect([reply.status, reply.body.errors[0].field]).toEqual([400, field])
    }
    expect((await told('{"id": ')).status).toBe(400)
    const more = { ...message(id, 'DISPATCHED'), weight: 7 }
    expect((await told(more)).status).toBe(200)
  })

  test('is refused while the order is being refunded, so that the carrier repeats it', async () => {
    const { orderId, id } = await sendable()
    const data = { refundId: derivedId(RefundId, orderId), reason: 'x' }
    const command = { type: 'RequestRefund' as const, data }
    await world.deps.executor.execute(order, orderId, command, originOfSaga())
    const body = message(id, 'DISPATCHED')
    const reply = await told(body)
    expect([reply.status, reply.body.code]).toEqual([409, 'being_refunded'])
    const fail = { refundId: data.refundId, reason: 'refused' }
    const failed = { type: 'MarkRefundFailed' as const, data: fail }
    await world.deps.executor.execute(order, orderId, failed, originOfSaga())
    expect((await told(body)).body.data.applied).toBe(true)
  })
})

test('messages of two carriers that come out of order leave each parcel where it is', async () => {
  const [post, courier] = [await sendable('post'), await sendable('courier')]
  const ofPost = [
    message(post.id, 'DISPATCHED', 1),
    message(post.id, 'IN_TRANSIT', 2),
    message(post.id, 'FAILED', 3),
    message(post.id, 'IN_TRANSIT', 4),
    message(post.id, 'DELIVERED', 5),
  ]
  const ofCourier = [
    message(courier.id, 'DISPATCHED', 1),
    message(courier.id, 'FAILED', 2),
    message(courier.id, 'IN_TRANSIT', 3),
    message(courier.id, 'FAILED', 4),
  ]
  for (const [first, second] of [
    [3, 3],
    [0, 1],
    [4, 2],
    [2, 0],
    [1, 2],
    [3, 3],
  ] as const) {
    expect((await told(ofPost[first]!)).status).toBe(200)
    expect((await told(ofCourier[second]!, { carrier: 'courier' })).status).toBe(200)
  }
  expect(await statusOf(post.id)).toBe('DELIVERED')
  expect(await statusOf(courier.id)).toBe('RETURNED')
})

test('no secret and no signature is logged', () => {
  const lines = world.written.join('')
  for (const secret of [...Object.values(secrets), 'v1=']) expect(lines).not.toContain(secret)
})
