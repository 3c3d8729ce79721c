import { describe, expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { order } from '../domains/ordering/language.ts'
import { payment, paymentIdOf } from '../domains/payments/language.ts'
import { shipment, shipmentIdOf } from '../domains/shipping/language.ts'
import { OrderId, ProductId, RefundId, ReturnId, UserId } from '../domains/shared/index.ts'
import { orders } from './orders.ts'

const id = derivedId(OrderId, 'order')
const paymentId = paymentIdOf(id)
const userId = derivedId(UserId, 'ada')
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const total = { amount: 3998, currency: 'EUR' }
const receipt = { provider: 'simulator', providerRef: 'ch_1' }
const items = [
  {
    kind: 'product' as const,
    refId: derivedId(ProductId, 'lamp'),
    name: 'Lamp',
    quantity: 2,
    price: { amount: 1999, currency: 'EUR' },
  },
]
const shippingAddress = { line1: '1 Main Street', city: 'Bath', postalCode: 'BA1', country: 'GB' }
const placed = recorded(
  streamOf(order, id),
  { type: 'OrderPlaced', data: { userId, items, total, shippingAddress, paymentToken: 'tok_ok' } },
  { at: monday },
)
const happened = (type: string, data: object = {}) =>
  recorded(streamOf(order, id), { type, data }, { at: tuesday })
const paying = (type: string, data: object = {}) =>
  recorded(streamOf(payment, paymentId), { type, data: { orderId: id, ...data } }, { at: tuesday })
const asked = paying('PaymentInitiated', { userId, amount: total, token: 'tok_ok', attempt: 1 })

test('a placed order is pending, with lines and total, without the card token', () =>
  expect(folding(orders, placed).into(id)).toEqual({
    id,
    userId,
    status: 'PENDING',
    items,
    total,
    shippingAddress,
    revision: 0,
    createdAt: monday,
    updatedAt: monday,
  }))

test.each([
  ['OrderStockConfirmed', {}, 'STOCK_RESERVED'],
  ['OrderPaid', { paymentId }, 'PAID'],
  ['OrderConfirmed', {}, 'CONFIRMED'],
  ['OrderShipped', {}, 'SHIPPED'],
  ['OrderDelivered', {}, 'DELIVERED'],
  ['OrderCompleted', {}, 'COMPLETED'],
])('%s sets the status of an order', (type, data, status) =>
  expect(folding(orders, placed, happened(type, data)).into(id)).toMatchObject({
    status,
    createdAt: monday,
    updatedAt: tuesday,
  }),
)

describe('the shipment of an order', () => {
  const shipmentId = shipmentIdOf(id)
  const shipping = (type: string, data: object = {}) =>
    recorded(
      streamOf(shipment, shipmentId),
      { type, data: { orderId: id, userId, ...data } },
      { at: tuesday },
    )
  const delivery = { carrier: 'post', method: 'standard', cost: { amount: 490, currency: 'EUR' } }
  const created = shipping('ShipmentCreated', delivery)
  const happenedAt = monday

  test('is chosen with the order', () => {
    const chosen = { ...placed, data: { ...placed.data, shipping: delivery } }
    expect(folding(orders, chosen).into(id)).toMatchObject({ shipping: delivery })
  })

  test.each([
    ['ShipmentCreated', delivery, 'CREATED'],
    ['ShipmentDispatched', { happenedAt }, 'DISPATCHED'],
    ['ShipmentInTransit', { happenedAt }, 'IN_TRANSIT'],
    ['ShipmentDelivered', { happenedAt }, 'DELIVERED'],
    ['ShipmentFailed', { happenedAt, attempt: 1 }, 'FAILED'],
    ['ShipmentReturned', { happenedAt }, 'RETURNED'],
    ['ShipmentCancelled', {}, 'CANCELLED'],
  ])('%s sets its status alone', (type, data, status) =>
    expect(folding(orders, placed, shipping(type, data)).into(id)).toMatchObject({
      status: 'PENDING',
      shipment: { id: shipmentId, status },
      revision: 0,
      updatedAt: tuesday,
    }),
  )

  test('stays where it is by a late report', () => {
    const moving = shipping('ShipmentInTransit', { happenedAt: tuesday })
    const late = shipping('ShipmentFailed', { happenedAt, attempt: 1, late: true })
    expect(folding(orders, placed, created, moving, late).into(id)).toMatchObject({
      shipment: { status: 'IN_TRANSIT' },
    })
  })
})

test('a rejected or cancelled order has its reason', () => {
  const rejected = happened('OrderRejected', { reason: 'out_of_stock' })
  const cancelled = happened('OrderCancelled', { reason: 'payment_timeout', by: 'fulfilment' })
  expect(folding(orders, placed, rejected).into(id)).toMatchObject({
    status: 'REJECTED',
    reason: 'out_of_stock',
  })
  expect(folding(orders, placed, cancelled).into(id)).toMatchObject({
    status: 'CANCELLED',
    reason: 'payment_timeout',
  })
})

test.each([
  ['PENDING', [asked]],
  ['COMPLETED', [asked, paying('PaymentCompleted', receipt)]],
  ['FAILED', [asked, paying('PaymentFailed', { reason: 'card_declined' })]],
  ['VOIDED', [asked, paying('PaymentVoided')]],
  ['FAILED', [asked, paying('PaymentFailed', { reason: 'no' }), paying('PaymentVoided')]],
  [
    'REFUND_PENDING',
    [
      asked,
      paying('PaymentVoided'),
      paying('PaymentRefundRequested', { amount: total, ...receipt }),
    ],
  ],
  ['REFUNDED', [asked, paying('PaymentRefunded', { refundRef: 're_1' })]],
])('the payment of an order is %s after the last event', (status, events) =>
  expect(folding(orders, placed, ...events).into(id)?.payment).toMatchObject({
    id: paymentId,
    status,
  }),
)

describe('a refund or return of an order', () => {
  const refundId = derivedId(RefundId, 'refund')
  const returnId = derivedId(ReturnId, 'return')
  const euros = (amount: number) => ({ amount, currency: 'EUR' })
  const lines = [{ line: 0, refId: items[0]!.refId, quantity: 1 }]
  const refunding = happened('OrderRefundRequested', {
    refundId,
    lines,
    amount: euros(1999),
    reason: 'broken',
    restock: lines,
  })
  const refunded = happened('OrderRefunded', {
    refundId,
    userId,
    lines,
    amount: euros(1999),
    refunded: euros(1999),
    restock: lines,
    status: 'PARTLY_REFUNDED',
  })
  const refund = { id: refundId, lines, amount: euros(1999), reason: 'broken', at: tuesday }
  const requested = happened('OrderReturnRequested', { returnId, userId, lines, words: 'Smells' })
  const one = { id: returnId, lines, restocked: 0, at: tuesday }

  test('is shown from its request on, and counted once it is completed', () => {
    const before = folding(orders, placed, refunding).into(id)
    expect(before).toMatchObject({ status: 'PENDING', items })
    expect(before?.refunds).toEqual([{ ...refund, status: 'PENDING', restocked: 1 }])
    expect(before?.refunded).toBeUndefined()
    expect(folding(orders, placed, refunding, refunded).into(id)).toMatchObject({
      status: 'PARTLY_REFUNDED',
      refunded: euros(1999),
      items: [{ ...items[0], refunded: 1 }],
      refunds: [{ ...refund, status: 'DONE', restocked: 1 }],
      updatedAt: tuesday,
    })
  })

  test('that failed is shown with the reason', () => {
    const failed = happened('OrderRefundFailed', { refundId, reason: 'refused_by_provider' })
    const document = folding(orders, placed, refunding, failed).into(id)
    expect(document).toMatchObject({ status: 'PENDING', items })
    expect(document?.refunds).toEqual([
      { ...refund, status: 'FAILED', reason: 'refused_by_provider', restocked: 0 },
    ])
  })

  test('is shown with the words of the buyer, until these are forgotten', () => {
    const asked = folding(orders, placed, requested).into(id)
    expect(asked?.returns).toEqual([{ ...one, status: 'REQUESTED', reason: 'Smells' }])
    const data = { returnId, userId, lines }
    const accepted = happened('OrderReturnAccepted', data)
    expect(folding(orders, placed, requested, accepted).into(id)?.returns).toEqual([
      { ...one, status: 'ACCEPTED', reason: 'Smells' },
    ])
    const declined = happened('OrderReturnDeclined', { ...data, reason: 'used' })
    const gone = happened('OrderAddressForgotten')
    expect(folding(orders, placed, requested, declined, gone).into(id)?.returns).toEqual([
      { ...one, status: 'DECLINED', answer: 'used' },
    ])
  })

  test('that was received is counted', () => {
    const data = { returnId, userId, lines, restock: lines, status: 'RETURNED' }
    const received = happened('OrderReturnReceived', data)
    expect(folding(orders, placed, requested, received).into(id)).toMatchObject({
      status: 'RETURNED',
      items: [{ ...items[0], returned: 1 }],
      returns: [{ ...one, status: 'RECEIVED', restocked: 1 }],
    })
  })
})

describe('several refunds and returns of an order', () => {
  const [first, second] = ['1', '2'].map((name) => derivedId(RefundId, name))
  const [one, other] = ['1', '2'].map((name) => derivedId(ReturnId, name))
  const lines = [{ line: 0, refId: items[0]!.refId, quantity: 1 }]
  const amount = { amount: 1999, currency: 'EUR' }
  const refunding = (refundId: unknown) =>
    happened('OrderRefundRequested', { refundId, lines, amount, reason: 'broken', restock: lines })
  const returning = (returnId: unknown) =>
    happened('OrderReturnRequested', { returnId, userId, lines })
  const ofReturn = (type: string, more: object = {}) =>
    happened(type, { returnId: other, userId, lines, ...more })
  const refunds = [refunding(first), refunding(second)]
  const returns = [returning(one), returning(other)]
  const shown = (...events: ReturnType<typeof happened>[]) => {
    const document = folding(orders, placed, ...events).into(id)
    return {
      refunds: document?.refunds?.map(({ id, status }) => [id, status]),
      returns: document?.returns?.map(({ id, status }) => [id, status]),
    }
  }

  test('change their status one by one', () => {
    const done = { refundId: first, userId, lines, amount, refunded: amount, restock: lines }
    expect(shown(...refunds).refunds).toEqual([
      [first, 'PENDING'],
      [second, 'PENDING'],
    ])
    expect(
      shown(...refunds, happened('OrderRefunded', { ...done, status: 'PARTLY_REFUNDED' })).refunds,
    ).toEqual([
      [second, 'PENDING'],
      [first, 'DONE'],
    ])
    const failed = happened('OrderRefundFailed', { refundId: second, reason: 'lost' })
    expect(shown(...refunds, failed).refunds).toEqual([
      [first, 'PENDING'],
      [second, 'FAILED'],
    ])
    for (const [status, event] of [
      ['ACCEPTED', ofReturn('OrderReturnAccepted')],
      ['DECLINED', ofReturn('OrderReturnDeclined')],
      ['RECEIVED', ofReturn('OrderReturnReceived', { restock: [], status: 'SHIPPED' })],
    ] as const)
      expect(shown(...returns, event).returns).toEqual([
        [one, 'REQUESTED'],
        [other, status],
      ])
  })

  test('keep their own reason and return when they are completed', () => {
    const asked = happened('OrderRefundRequested', {
      refundId: second,
      returnId: other,
      lines,
      amount,
      reason: 'returned',
      restock: [],
    })
    const done = happened('OrderRefunded', {
      refundId: second,
      userId,
      lines,
      amount,
      refunded: amount,
      restock: [],
      status: 'PARTLY_REFUNDED',
    })
    const [, kept] = folding(orders, placed, refunding(first), asked, done).into(id)?.refunds ?? []
    expect(kept).toMatchObject({ id: second, reason: 'returned', returnId: other })
  })
})

test('a failed refund is shown as the status of the payment', () => {
  const refund = { amount: total, refundId: derivedId(RefundId, 'refund') }
  const events = [
    asked,
    paying('PaymentCompleted', receipt),
    paying('PaymentRefundRequested', { ...refund, ...receipt }),
    paying('PaymentRefundFailed', { ...refund, reason: 'refused_by_provider' }),
  ]
  expect(folding(orders, placed, ...events).into(id)?.payment).toEqual({
    id: paymentId,
    status: 'REFUND_FAILED',
  })
})

test('a payment that was voided before its request is not shown', () => {
  const document = folding(orders, placed, paying('PaymentVoided')).into(id)
  expect(document).toEqual(folding(orders, placed).into(id))
})

test('an order whose buyer has left loses only its address', () => {
  const before = folding(orders, placed).into(id)
  const { shippingAddress: _, ...rest } = before ?? {}
  expect(before).toMatchObject({ shippingAddress })
  expect(folding(orders, placed, happened('OrderAddressForgotten')).into(id)).toEqual(rest)
})

test('the words of a cancelling buyer are shown until they are forgotten', () => {
  const said = { reason: 'cancelled_by_user', words: 'I move to Bath', userId, by: userId }
  const off = happened('OrderCancelled', said)
  expect(folding(orders, placed, off).into(id)).toMatchObject({ reason: 'I move to Bath' })
  const kept = folding(orders, placed, off, happened('OrderAddressForgotten')).into(id)
  expect(kept).toMatchObject({ status: 'CANCELLED' })
  expect(JSON.stringify(kept)).not.toContain('Bath')
})
