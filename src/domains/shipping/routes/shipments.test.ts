import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { httpWorld, type Call, type HttpWorld } from '../../../../test/support/http.ts'
import { move, originOfSaga, place, smallShop } from '../../../../test/support/small-shop.ts'
import { order } from '../../ordering/language.ts'
import { OrderId, RefundId, type UserId } from '../../shared/index.ts'
import { shipment, shipmentIdOf } from '../language.ts'

let world: HttpWorld
let admin: Call
let buyer: Awaited<ReturnType<HttpWorld['someone']>>
let other: Call
let productId: string

beforeAll(async () => {
  world = await httpWorld()
  ;({ admin, buyer, productId } = await smallShop(world))
  other = (await world.someone('otto', 'seller')).call
})
afterAll(() => world[Symbol.asyncDispose]())

/** Places an order and confirms it, as its saga does; the saga's shipment is left out. */
const confirmed = async (): Promise<OrderId> => {
  const id: OrderId = (await place(buyer.call, productId)).body.data.id
  await move(world.deps.executor, id as never, 'ConfirmStock', 'ConfirmOrder')
  return id
}

/** Places an order with a shipment. */
const sendable = async () => {
  const orderId = await confirmed()
  const id = shipmentIdOf(orderId)
  const data = {
    orderId,
    userId: buyer.id as UserId,
    carrier: 'post',
    method: 'standard',
    cost: { amount: 0, currency: 'EUR' },
  }
  const command = { type: 'CreateShipment' as const, data }
  await world.deps.executor.execute(shipment, id, command, originOfSaga())
  return { orderId, id, path: `/shipping/shipments/${id}` }
}

const report = (id: string, body: object, headers?: Record<string, string>) =>
  admin('PUT', `/shipping/shipments/${id}/status`, body, headers)

const statusOf = async (orderId: OrderId) => {
  const { state } = await world.deps.executor.stateOf(order, orderId)
  return state.status
}

describe('a shipment', () => {
  test('is created for a confirmed order by an admin, once; then its method may change', async () => {
    const orderId = await confirmed()
    const body = { orderId, method: 'standard' }
    expect((await buyer.call('POST', '/shipping/shipments', body)).status).toBe(403)
    expect((await other('POST', '/shipping/shipments', body)).status).toBe(403)
    const created = await admin('POST', '/shipping/shipments', body)
    expect(created.status, created.text).toBe(201)
    const id = shipmentIdOf(orderId)
    expect(created.body.data).toEqual({
      id,
      orderId,
      userId: buyer.id,
      carrier: 'post',
      method: 'standard',
      cost: { amount: 0, currency: 'EUR' },
      tracking: expect.stringMatching(/^AG[0-9A-F]{16}$/),
      status: 'CREATED',
      failures: 0,
    })
    expect(created.headers.location).toBe(`/api/v1/shipping/shipments/${id}`)
    expect((await admin('POST', '/shipping/shipments', body)).status).toBe(200)
    const express = { ...body, method: 'express', tracking: 'X1' }
    const changed = await admin('POST', '/shipping/shipments', express)
    expect(changed.body.data).toMatchObject({ carrier: 'courier', tracking: 'X1' })
    await report(id, { status: 'DISPATCHED' })
    const late = await admin('POST', '/shipping/shipments', body)
    expect([late.status, late.body.code]).toEqual([409, 'already_dispatched'])
  })

  test('needs an order that is confirmed, and a method that there is', async () => {
    const unpaid = (await place(buyer.call, productId)).body.data.id
    const early = await admin('POST', '/shipping/shipments', {
      orderId: unpaid,
      method: 'standard',
    })
    expect([early.status, early.body.code]).toEqual([409, 'not_sendable'])
    const nothing = { orderId: derivedId(OrderId, 'none'), method: 'standard' }
    expect((await admin('POST', '/shipping/shipments', nothing)).status).toBe(404)
    const balloon = { orderId: await confirmed(), method: 'balloon' }
    const reply = await admin('POST', '/shipping/shipments', balloon)
    expect([reply.status, reply.body.errors[0].field]).toEqual([400, 'method'])
  })

  test('is shown to the buyer and admins, with the address of its order', async () => {
    const { orderId, path } = await sendable()
    const list = await buyer.call('GET', `/shipping/order/${orderId}`)
    expect(list.status, list.text).toBe(200)
    expect(list.body.data.shipments).toMatchObject([{ orderId, status: 'CREATED', failures: 0 }])
    expect((await buyer.call('GET', path)).body.data).toMatchObject({ orderId, status: 'CREATED' })
    expect((await admin('GET', path)).status).toBe(200)
    // The read model has caught up by now; it had not before.
    await world.readModels.fold()
    expect((await buyer.call('GET', path)).body.data).toMatchObject({ orderId, status: 'CREATED' })
    for (const url of [path, `/shipping/order/${orderId}`]) {
      expect((await other('GET', url)).status).toBe(403)
      expect((await world.anyone('GET', url)).status).toBe(401)
    }
    const none = await place(buyer.call, productId)
    const empty = await buyer.call('GET', `/shipping/order/${none.body.data.id}`)
    expect(empty.body.data.shipments).toEqual([])
    expect((await other('GET', `/shipping/order/${none.body.data.id}`)).status).toBe(403)
    const unknown = shipmentIdOf(derivedId(OrderId, 'none'))
    expect((await buyer.call('GET', `/shipping/shipments/${unknown}`)).status).toBe(404)
  })
})

describe('a report about a parcel', () => {
  test('comes from admins, and ships the order first', async () => {
    const { orderId, id } = await sendable()
    const path = `/shipping/shipments/${id}/status`
    for (const call of [buyer.call, other])
      expect((await call('PUT', path, { status: 'DISPATCHED' })).status).toBe(403)
    expect((await world.anyone('PUT', path, { status: 'DISPATCHED' })).status).toBe(401)
    const reply = await report(id, { status: 'DISPATCHED', tracking: 'X1' })
    expect(reply.status, reply.text).toBe(200)
    expect(reply.body.data).toMatchObject({ status: 'DISPATCHED', tracking: 'X1' })
    expect(await statusOf(orderId)).toBe('SHIPPED')
  })

  test('of two failed attempts sends it back', async () => {
    const { id } = await sendable()
    expect((await report(id, { status: 'FAILED' })).body.data).toMatchObject({
      status: 'FAILED',
      failures: 1,
    })
    expect((await report(id, { status: 'FAILED' })).body.data).toMatchObject({
      status: 'RETURNED',
      failures: 2,
    })
    const late = await report(id, { status: 'DELIVERED' })
    expect([late.status, late.body.code]).toEqual([409, 'already_returned'])
  })

  test('is refused while the order is being refunded, and moves nothing', async () => {
    const { orderId, id } = await sendable()
    const data = { refundId: derivedId(RefundId, orderId), reason: 'x' }
    const command = { type: 'RequestRefund' as const, data }
    await world.deps.executor.execute(order, orderId, command, originOfSaga())
    const reply = await report(id, { status: 'DISPATCHED' })
    expect([reply.status, reply.body.code]).toEqual([409, 'being_refunded'])
    expect(await statusOf(orderId)).toBe('CONFIRMED')
    const { state } = await world.deps.executor.stateOf(shipment, id)
    expect(state.status).toBe('CREATED')
  })

  test('is taken at the revision that was read only', async () => {
    const { orderId, id } = await sendable()
    const stale = await report(id, { status: 'DISPATCHED' }, { 'if-match': '"7"' })
    expect(stale.status).toBe(412)
    expect(await statusOf(orderId)).toBe('CONFIRMED')
    expect((await report(id, { status: 'DISPATCHED' }, { 'if-match': '"0"' })).status).toBe(200)
  })

  test('names what is wrong with it', async () => {
    const { id } = await sendable()
    for (const [body, field] of [
      [{ status: 'LOST' }, 'status'],
      [{ status: 'RETURNED' }, 'status'],
      [{ status: 'DELIVERED', note: '' }, 'note'],
      [{ status: 'DELIVERED', tracking: '\u0000' }, 'tracking'],
    ] as const) {
      const reply = await report(id, body)
      expect([reply.status, reply.body.errors[0].field]).toEqual([400, field])
    }
    const unknown = shipmentIdOf(derivedId(OrderId, 'none'))
    expect((await report(unknown, { status: 'DISPATCHED' })).status).toBe(404)
  })
})

test('an order that is moved by hand names its shipment, which follows', async () => {
  const { orderId, id } = await sendable()
  await admin('PUT', `/orders/${orderId}`, { status: 'SHIPPED' })
  const events = await world.log.read(`order-${orderId}`)
  expect(events.at(-1)).toMatchObject({ type: 'OrderShipped', data: { shipmentId: id } })
})
