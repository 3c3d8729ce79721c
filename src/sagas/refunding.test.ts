import { describe, expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded, refusalOf } from '#kernel/testing'
import { stock } from '../domains/inventory/language.ts'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { gigOrder, order } from '../domains/ordering/language.ts'
import { payment, paymentIdOf } from '../domains/payments/language.ts'
import { shipment, shipmentIdOf, undeliveredReturnOf } from '../domains/shipping/language.ts'
import { GigId, OrderId, ProductId, RefundId, ReturnId, UserId } from '../domains/shared/index.ts'
import { refunding } from './refunding.ts'

const orderId = derivedId(OrderId, 'order')
const paymentId = paymentIdOf(orderId)
const userId = derivedId(UserId, 'ada')
const refundId = derivedId(RefundId, 'refund')
const other = derivedId(RefundId, 'other')
const returnId = derivedId(ReturnId, 'return')
const [lamp, chair] = [derivedId(ProductId, 'lamp'), derivedId(ProductId, 'chair')]
const amount = { amount: 1999, currency: 'EUR' }
const of = (line: number, refId: ProductId, quantity: number) => ({ line, refId, quantity })
const lines = [of(0, lamp, 2), of(1, chair, 1), of(2, lamp, 3)]

const ordering = (type: string, data: object = {}) =>
  recorded(streamOf(order, orderId), { type, data })
const paying = (type: string, data: object = {}) =>
  recorded(streamOf(payment, paymentId), { type, data: { orderId, ...data } })

const requested = (id = refundId) =>
  ordering('OrderRefundRequested', {
    refundId: id,
    lines,
    amount,
    reason: 'broken',
    restock: lines,
  })
const givenBack = paying('PaymentRefunded', { refundId, amount, refundRef: 're_1' })
const refunded = (more: object = {}) =>
  ordering('OrderRefunded', {
    refundId,
    userId,
    lines,
    amount,
    refunded: amount,
    restock: lines,
    status: 'PARTLY_REFUNDED',
    ...more,
  })
const pay = send(payment, paymentId, 'RefundPayment', {
  orderId,
  refundId,
  amount,
  reason: 'broken',
})
const putBack = (cause: RefundId | ReturnId) => [
  send(stock, lamp, 'ReturnStock', { orderId, cause, quantity: 5 }),
  send(stock, chair, 'ReturnStock', { orderId, cause, quantity: 1 }),
]
const told = (type: string, cause: string) =>
  (['in_app', 'email'] as const).map((channel) => ({
    to: notification.name,
    id: notificationIdOf(orderId, type, channel, cause),
    command: { type: 'RequestNotification', data: { userId, orderId, channel, type } },
  }))

const run = reacting(refunding)

describe('a refund', () => {
  test('that the order recorded is requested from the payment', () =>
    expect(run.given().on(requested()).steps).toEqual([pay]))

  test('is marked as done at the order once the payment is refunded', () =>
    expect(run.given(requested()).on(givenBack).steps).toEqual([
      send(order, orderId, 'MarkRefunded', { refundId }),
    ]))

  test('ends by putting pieces back into stock and notifying the buyer', () =>
    expect(run.given(requested(), givenBack).on(refunded())).toMatchObject({
      steps: [...putBack(refundId), ...told('order_refunded', refundId)],
      resting: true,
      ended: false,
      state: { open: [] },
    }))

  test('notifies of the amount and of whether the order is refunded in full', () => {
    const texts = (status: string) =>
      run
        .given(requested())
        .on(refunded({ status }))
        .steps.flatMap(({ command: { data } }) =>
          typeof data === 'object' && data !== null && 'text' in data ? [String(data.text)] : [],
        )
    expect(texts('PARTLY_REFUNDED')[0]).toContain('19.99 EUR')
    expect(texts('PARTLY_REFUNDED')[0]).not.toContain('Nothing more')
    expect(texts('REFUNDED')[0]).toContain('Nothing more of this order is sent.')
  })

  test('of a whole order that was not sent cancels its shipment', () => {
    const cancel = send(shipment, shipmentIdOf(orderId), 'CancelShipment', { orderId, userId })
    const whole = run
      .given(requested(), givenBack)
      .on(refunded({ status: 'REFUNDED', unsent: true })).steps
    expect(whole).toContainEqual(cancel)
    const late = run.given(requested(), givenBack).on(refunded({ status: 'REFUNDED' })).steps
    expect(late).not.toContainEqual(cancel)
  })

  test('that the payment or its provider refuses is marked as failed at the order', () => {
    const fail = (reason: string) => send(order, orderId, 'MarkRefundFailed', { refundId, reason })
    expect(run.given(requested()).on(refusalOf(pay, 'MoreThanPaid')).steps).toEqual([
      fail('MoreThanPaid'),
    ])
    const refused = { refundId, amount, reason: 'refused_by_provider' }
    expect(run.given(requested()).on(paying('PaymentRefundFailed', refused)).steps).toEqual([
      fail('refused_by_provider'),
    ])
    const failed = ordering('OrderRefundFailed', { refundId, reason: 'refused_by_provider' })
    expect(run.given(requested()).on(failed)).toMatchObject({ steps: [], resting: true })
  })

  test('keeps the run open for other refunds of its order', () => {
    const past = [requested(), requested(other)]
    expect(run.given(...past).on(refunded())).toMatchObject({ state: { open: [other] } })
    expect(run.given(...past).on(refunded())).not.toHaveProperty('resting')
  })

  test('sends no notification to a buyer who left, nor about an adopted refund', () => {
    for (const more of [{ buyerLeft: true }, { adopted: true }])
      expect(run.given(requested()).on(refunded(more)).steps).toEqual(putBack(refundId))
  })

  test('from before orders recorded refunds is adopted by the order', () => {
    const old = paying('PaymentRefunded', { refundRef: 're_1' })
    const adopt = { refundId: derivedId(RefundId, paymentId, 'refund') }
    expect(run.given().on(old).steps).toEqual([send(order, orderId, 'AdoptRefund', adopt)])
    const failed = paying('PaymentRefundFailed', { amount, reason: 'x' })
    expect(run.given().on(failed).steps).toEqual([])
  })

  test('records products whose pieces stock refused to count', () => {
    const [step] = putBack(refundId)
    expect(run.given(requested(), refunded()).on(refusalOf(step!, 'TooMany'))).toMatchObject({
      steps: [],
      state: { uncounted: [lamp] },
    })
  })
})

describe('a return', () => {
  const data = { returnId, userId, lines }

  test.each([
    ['OrderReturnAccepted', 'return_accepted'],
    ['OrderReturnDeclined', 'return_declined'],
  ])('notifies its buyer of %s', (type, matter) => {
    expect(run.given().on(ordering(type, data)).steps).toMatchObject(told(matter, returnId))
    expect(run.given().on(ordering(type, { ...data, buyerLeft: true })).steps).toEqual([])
  })

  test('that was received puts pieces back into stock and notifies its buyer', () => {
    const came = { ...data, restock: lines, status: 'RETURNED' }
    expect(run.given().on(ordering('OrderReturnReceived', came)).steps).toMatchObject([
      ...putBack(returnId),
      ...told('return_received', returnId),
    ])
    const subjects = (id: ReturnId) =>
      run
        .given()
        .on(ordering('OrderReturnReceived', { ...came, returnId: id, restock: [] }))
        .steps.map(({ command: { data } }) => data)
    expect(subjects(returnId)).toMatchObject(
      Array(2).fill({ text: expect.stringContaining('that you sent back') }),
    )
    expect(subjects(undeliveredReturnOf(orderId))).toMatchObject(
      Array(2).fill({ text: expect.stringContaining('could not deliver') }),
    )
    const kept = { ...came, restock: [], buyerLeft: true }
    expect(run.given().on(ordering('OrderReturnReceived', kept)).steps).toEqual([])
  })
})

test('every event is routed to the run of its order', () => {
  for (const event of [requested(), givenBack, refunded()])
    expect(refunding.keyOf(event)).toBe(orderId)
})

describe('a refund of an order of a gig', () => {
  const ofGig = (type: string, data: object) =>
    recorded(streamOf(gigOrder, orderId), { type, data })
  const asked = ofGig('GigOrderRefundRequested', { refundId, amount, reason: 'broken' })
  const sale = { userId, sellerId: userId, gigId: derivedId(GigId, 'logo'), price: amount }
  const done = (more: object = {}) =>
    ofGig('GigOrderRefunded', {
      ...sale,
      refundId,
      amount,
      refunded: amount,
      status: 'REFUNDED',
      ...more,
    })
  const reason = 'card_closed'
  const run = reacting(refunding)

  test('is made by the payment, recorded by the order, and the buyer is notified', () => {
    expect(run.given().on(asked)).toMatchObject({ steps: [pay], state: { ofGig: true } })
    expect(run.given(asked).on(givenBack).steps).toEqual([
      send(gigOrder, orderId, 'MarkGigRefunded', { refundId }),
    ])
    expect(run.given(asked, givenBack).on(done())).toMatchObject({
      steps: told('order_refunded', refundId),
      resting: true,
    })
    expect(run.given(asked, givenBack).on(done({ buyerLeft: true })).steps).toEqual([])
  })

  test('that fails is recorded by the order', () => {
    const fail = send(gigOrder, orderId, 'MarkGigRefundFailed', { refundId, reason })
    const failed = paying('PaymentRefundFailed', { refundId, amount, reason })
    expect(run.given(asked).on(failed).steps).toEqual([fail])
    const refused = send(gigOrder, orderId, 'MarkGigRefundFailed', {
      refundId,
      reason: 'MoreThanPaid',
    })
    expect(run.given(asked).on(refusalOf(pay, 'MoreThanPaid')).steps).toEqual([refused])
    const recordedFailure = ofGig('GigOrderRefundFailed', { refundId, reason })
    expect(run.given(asked, failed).on(recordedFailure)).toMatchObject({ steps: [], resting: true })
  })
})
