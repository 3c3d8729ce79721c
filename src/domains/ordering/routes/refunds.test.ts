import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { asId, derivedUuid } from '#kernel'
import { httpWorld, type HttpWorld } from '../../../../test/support/http.ts'
import { order } from '../language.ts'
import { payment, paymentIdOf } from '../../payments/language.ts'
import { OrderId, RefundId } from '../../shared/index.ts'

let sent = 0

/** Sends the commands of a saga or a job. */
const origin = () => {
  const commandId = derivedUuid('test', String((sent += 1)))
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** A shop with an admin and a buyer whose order of two lamps and a chair is confirmed, 8,998 in total. */
const shop = async (world: HttpWorld) => {
  const admin = await world.someone('root', 'admin')
  const buyer = await world.someone('ada')
  const sell = async (name: string, amount: number): Promise<string> => {
    const price = { amount, currency: 'EUR' }
    const { body } = await admin.call('POST', '/products', { name, category: 'x', price })
    return body.data.id
  }
  const [lamp, chair] = [await sell('Lamp', 1999), await sell('Chair', 5000)]
  const items = [
    { kind: 'product', refId: lamp, quantity: 2 },
    { kind: 'product', refId: chair, quantity: 1 },
  ]
  const place = async () => {
    const basket = { items, paymentMethod: { token: 'tok_ok' } }
    const { body } = await buyer.call('POST', '/orders', basket)
    return asId(OrderId, body.data.id)
  }
  const id = await place()
  const { execute } = world.deps.executor
  const paymentId = paymentIdOf(id)
  const amount = { amount: 8998, currency: 'EUR' }
  await buyer.call('POST', '/payments', { orderId: id, method: { token: 'tok_ok' }, amount })
  const receipt = { provider: 'test', providerRef: 'ch_1', attempt: 1 }
  await execute(payment, paymentId, { type: 'CompletePayment', data: receipt }, origin())
  await execute(order, id, { type: 'ConfirmStock', data: {} }, origin())
  await execute(order, id, { type: 'MarkPaid', data: { paymentId } }, origin())
  await execute(order, id, { type: 'ConfirmOrder', data: {} }, origin())
  const recordRefund = async (refund: string) => {
    const data = { refundId: asId(RefundId, refund) }
    await execute(order, id, { type: 'MarkRefunded', data }, origin())
  }
  const put = (status: string) => admin.call('PUT', `/orders/${id}`, { status })
  return {
    admin: admin.call,
    buyer: buyer.call,
    lamp,
    chair,
    place,
    id,
    paymentId,
    recordRefund,
    put,
  }
}

const euros = (amount: number) => ({ amount, currency: 'EUR' })

describe('POST /orders/{id}/refund', () => {
  test('refunds a whole order, which is not shipped then', async () => {
    await using world = await httpWorld()
    const { admin, buyer, id, lamp, chair, recordRefund, put } = await shop(world)
    const reply = await admin('POST', `/orders/${id}/refund`, { reason: 'arrived broken' })
    expect(reply.status, reply.text).toBe(202)
    const { id: refundId, ...refund } = reply.body.data
    expect(refund).toStrictEqual({
      orderId: id,
      status: 'PENDING',
      amount: euros(8998),
      items: [
        { line: 0, refId: lamp, quantity: 2 },
        { line: 1, refId: chair, quantity: 1 },
      ],
      reason: 'arrived broken',
      restock: true,
      order: { status: 'CONFIRMED' },
    })
    const early = await put('SHIPPED')
    expect([early.status, early.body.code]).toStrictEqual([409, 'being_refunded'])
    // A repeated request returns the existing refund.
    const again = await admin('POST', `/orders/${id}/refund`, {})
    expect([again.status, again.body.data.id]).toStrictEqual([202, refundId])

    await recordRefund(refundId)
    const late = await put('SHIPPED')
    expect([late.status, late.body.code]).toStrictEqual([409, 'already_refunded'])
    const { body } = await buyer('GET', `/orders/${id}?minPosition=1`)
    expect(body.data.status).toBe('REFUNDED')
    expect(body.data.refunded).toStrictEqual(euros(8998))
    const details = await buyer('GET', `/orders/${id}/details?minPosition=1`)
    expect(details.body.data.order.refunded).toStrictEqual(euros(8998))
    expect(details.body.data.summary.refunds[0].status).toBe('DONE')
    const types = details.body.data.history.events.map(({ type }: { type: string }) => type)
    expect(types.slice(-2)).toStrictEqual(['OrderRefundRequested', 'OrderRefunded'])
  })

  test('refunds some pieces, and the rest is shipped', async () => {
    await using world = await httpWorld()
    const { admin, buyer, id, lamp, chair, recordRefund, put } = await shop(world)
    const refund = (items: object[]) =>
      admin('POST', `/orders/${id}/refund`, { items, restock: false })
    const first = await refund([{ refId: lamp, quantity: 1 }])
    expect(first.body.data.amount).toStrictEqual(euros(1999))
    expect(first.body.data.restock).toBe(false)
    const tooMany = await refund([{ line: 0, quantity: 2 }])
    expect([tooMany.status, tooMany.body.code]).toStrictEqual([409, 'more_than_left'])
    for (const [items, field] of [
      [[{ line: 7, quantity: 1 }], undefined],
      [[{ quantity: 1 }], undefined],
      [[{ line: 0, quantity: 0 }], 'items/0/quantity'],
      [[], 'items'],
    ] as const) {
      const { status, body } = await refund([...items])
      expect(status, JSON.stringify(body)).toBe(400)
      expect(body.code).toBe(field === undefined ? 'unknown_line' : 'invalid_request')
    }
    await recordRefund(first.body.data.id)
    const { body } = await buyer('GET', `/orders/${id}?minPosition=1`)
    expect(body.data.status).toBe('PARTLY_REFUNDED')
    expect(body.data.items[0].refunded).toBe(1)
    expect((await put('SHIPPED')).body.data.status).toBe('SHIPPED')
    const rest = await admin('POST', `/orders/${id}/refund`, {})
    expect(rest.body.data.amount).toStrictEqual(euros(6999))
    expect(rest.body.data.items).toStrictEqual([
      { line: 0, refId: lamp, quantity: 1 },
      { line: 1, refId: chair, quantity: 1 },
    ])
  })

  test('refuses invalid requests without a change', async () => {
    await using world = await httpWorld()
    const { admin, buyer, place, id } = await shop(world)
    expect((await buyer('POST', `/orders/${id}/refund`, {})).status).toBe(403)
    expect((await admin('POST', `/orders/${randomUUID()}/refund`, {})).status).toBe(404)
    const unpaid = await place()
    const early = await admin('POST', `/orders/${unpaid}/refund`, {})
    expect([early.status, early.body.code]).toStrictEqual([409, 'not_paid'])
    await buyer('POST', `/orders/${unpaid}/cancel`, {})
    const late = await admin('POST', `/orders/${unpaid}/refund`, {})
    expect([late.status, late.body.code]).toStrictEqual([409, 'already_cancelled'])
    expect((await world.log.read(`order-${unpaid}`, { limit: 10 })).length).toBe(2)
  })

  test('repeated under its key is one refund, and at a stale revision none', async () => {
    await using world = await httpWorld()
    const { admin, id } = await shop(world)
    const items = [{ line: 0, quantity: 1 }]
    const key = { 'idempotency-key': randomUUID() }
    const replies = [
      await admin('POST', `/orders/${id}/refund`, { items }, key),
      await admin('POST', `/orders/${id}/refund`, { items }, key),
    ]
    expect(replies[0]?.text).toBe(replies[1]?.text)
    const stale = await admin('POST', `/orders/${id}/refund`, { items }, { 'if-match': '"0"' })
    expect(stale.status).toBe(412)
    const { events } = (await admin('GET', `/orders/${id}/history`)).body.data
    const asked = events.filter(({ type }: { type: string }) => type === 'OrderRefundRequested')
    expect(asked.length).toBe(1)
  })
})

describe('POST /payments/{id}/refund', () => {
  test('is requested from the order, in full or by amount', async () => {
    await using world = await httpWorld()
    const { admin, id, paymentId, put } = await shop(world)
    const refund = (body: object, headers?: Record<string, string>) =>
      admin('POST', `/payments/${paymentId}/refund`, body, headers)
    expect((await refund({ amount: euros(0) })).status).toBe(400)
    expect((await refund({ amount: { amount: 1, currency: 'USD' } })).body.code).toBe(
      'other_currency',
    )
    expect((await refund({ amount: euros(8999) })).body.code).toBe('more_than_paid')
    expect((await refund({}, { 'if-match': '"0"' })).body.code).toBe('revision_mismatch')

    const part = await refund({ amount: euros(1000) })
    expect(part.status, part.text).toBe(202)
    expect(part.body.data).toStrictEqual({
      id: paymentId,
      orderId: id,
      status: 'REFUND_PENDING',
      amount: euros(8998),
    })
    expect((await refund({}, { 'if-match': '"1"' })).status).toBe(202)
    expect((await put('SHIPPED')).body.code).toBe('being_refunded')
    const { events } = (await admin('GET', `/orders/${id}/history`)).body.data
    const amounts = events.flatMap(({ type, data }: { type: string; data: { amount: object } }) =>
      type === 'OrderRefundRequested' ? [data.amount] : [],
    )
    expect(amounts).toStrictEqual([euros(1000), euros(7998)])
  })

  test('retries a refund of a cancelled order that the provider had refused', async () => {
    await using world = await httpWorld()
    const { admin, buyer, place } = await shop(world)
    const id = await place()
    const amount = euros(8998)
    await buyer('POST', '/payments', { orderId: id, method: { token: 'tok_ok' }, amount })
    await buyer('POST', `/orders/${id}/cancel`, {})
    const paymentId = paymentIdOf(id)
    const { execute } = world.deps.executor
    const receipt = { provider: 'test', providerRef: 'ch_2', attempt: 1 }
    await execute(payment, paymentId, { type: 'CompletePayment', data: receipt }, origin())
    await execute(payment, paymentId, { type: 'VoidPayment', data: { orderId: id } }, origin())
    const path = `/payments/${paymentId}/refund`
    const pending = await admin('POST', path, {})
    expect([pending.status, pending.body.data.status]).toStrictEqual([202, 'REFUND_PENDING'])
    const reason = 'refused_by_provider'
    await execute(payment, paymentId, { type: 'FailRefund', data: { reason } }, origin())
    const { body } = await buyer('GET', `/payments/${paymentId}?minPosition=1`)
    expect([body.data.status, body.data.reason]).toStrictEqual(['REFUND_FAILED', reason])
    const again = await admin('POST', path, {})
    expect([again.status, again.body.data.status]).toStrictEqual([202, 'REFUND_PENDING'])
    const events = await world.log.read(`payment-${paymentId}`, { limit: 10 })
    const asked = events.filter(({ type }) => type === 'PaymentRefundRequested')
    expect(asked.length).toBe(2)
  })
})

describe('returns', () => {
  test('are requested by the buyer, and accepted, declined and received by the shop', async () => {
    await using world = await httpWorld()
    const { admin, buyer, id, lamp, chair, put, recordRefund } = await shop(world)
    const ask = (body: object) => buyer('POST', `/orders/${id}/returns`, body)
    const early = await ask({ reason: 'too small' })
    expect([early.status, early.body.code]).toStrictEqual([409, 'not_shipped'])
    await put('SHIPPED')
    const items = [{ refId: lamp, quantity: 1 }]
    const asked = await ask({ items, reason: 'too small' })
    expect(asked.status, asked.text).toBe(201)
    const { id: returnId, ...one } = asked.body.data
    const lines = [{ line: 0, refId: lamp, quantity: 1 }]
    expect(one).toStrictEqual({
      orderId: id,
      status: 'REQUESTED',
      items: lines,
      restock: false,
      order: { status: 'SHIPPED' },
    })
    const path = `/orders/${id}/returns/${returnId}`
    for (const way of ['accept', 'decline', 'receive']) {
      expect((await buyer('POST', `${path}/${way}`)).status).toBe(403)
      const unknown = `/orders/${id}/returns/${randomUUID()}/${way}`
      expect((await admin('POST', unknown)).body.code).toStrictEqual('no_such_return')
      expect((await admin('POST', `/orders/${id}/returns/x/${way}`)).status).toBe(400)
    }
    expect((await admin('POST', `${path}/accept`)).body.data.status).toBe('ACCEPTED')
    const shown = await buyer('GET', `/orders/${id}?minPosition=1`)
    expect(shown.body.data.returns[0].reason).toBe('too small')
    const received = await admin('POST', `${path}/receive`, { restock: false })
    expect(received.body.data.status, received.text).toBe('RECEIVED')
    expect(received.body.data.order.status).toBe('SHIPPED')
    const declined = await admin('POST', `${path}/decline`, {})
    expect([declined.status, declined.body.code]).toStrictEqual([409, 'return_received'])

    const all = await ask({})
    expect(all.body.data.items).toStrictEqual([...lines, { line: 1, refId: chair, quantity: 1 }])
    const rest = `/orders/${id}/returns/${all.body.data.id}`
    const whole = await admin('POST', `${rest}/receive`, {})
    expect([whole.body.data.restock, whole.body.data.order.status]).toStrictEqual([
      true,
      'RETURNED',
    ])
    const { refunds } = (await buyer('GET', `/orders/${id}?minPosition=1`)).body.data
    for (const { id: refundId } of refunds) await recordRefund(refundId)
    const { data } = (await buyer('GET', `/orders/${id}?minPosition=1`)).body
    expect([data.status, data.refunded]).toStrictEqual(['RETURNED', euros(8998)])
    expect(
      data.items.map(({ returned, refunded }: { returned: number; refunded: number }) => [
        returned,
        refunded,
      ]),
    ).toStrictEqual([
      [2, 2],
      [1, 1],
    ])
    expect((await ask({})).body.code).toBe('already_returned')
  })

  test('are permitted to the buyer of the order', async () => {
    await using world = await httpWorld()
    const { id, put } = await shop(world)
    await put('SHIPPED')
    const { call: other } = await world.someone('otto')
    expect((await other('POST', `/orders/${id}/returns`, {})).status).toBe(403)
    expect((await other('POST', `/orders/${randomUUID()}/returns`, {})).status).toBe(404)
    expect((await world.anyone('POST', `/orders/${id}/returns`, {})).status).toBe(401)
    expect((await world.log.read(`order-${id}`, { limit: 10 })).at(-1)?.type).toBe('OrderShipped')
  })
})
