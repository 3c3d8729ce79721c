import { describe, expect, test } from 'vitest'
import { after, derivedId, minutes, send, streamOf } from '#kernel'
import { reacting, recorded, refusalOf } from '#kernel/testing'
import { stock } from '../domains/inventory/language.ts'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { order } from '../domains/ordering/language.ts'
import { payment, paymentIdOf } from '../domains/payments/language.ts'
import { shipment, shipmentIdOf } from '../domains/shipping/language.ts'
import { OrderId, ProductId, UserId } from '../domains/shared/index.ts'
import { fulfilment } from './fulfilment.ts'

const orderId = derivedId(OrderId, 'order')
const paymentId = paymentIdOf(orderId)
const userId = derivedId(UserId, 'ada')
const lamp = derivedId(ProductId, 'lamp')
const chair = derivedId(ProductId, 'chair')
const total = { amount: 8997, currency: 'EUR' }
const receipt = { provider: 'simulator', providerRef: 'ch_1' }
const line = (refId: ProductId, name: string, quantity: number) => ({
  kind: 'product',
  refId,
  name,
  quantity,
  price: { amount: 1, currency: 'EUR' },
})

const ordering = (type: string, data: object = {}) =>
  recorded(streamOf(order, orderId), { type, data })
const stocking = (id: ProductId, type: string, data: object = {}) =>
  recorded(streamOf(stock, id), { type, data: { orderId, ...data } })
const paying = (type: string, data: object = {}) =>
  recorded(streamOf(payment, paymentId), { type, data: { orderId, ...data } })

const placed = ordering('OrderPlaced', {
  userId,
  items: [line(lamp, 'Lamp', 2), line(chair, 'Chair', 1), line(lamp, 'Lamp', 3)],
  total,
  paymentToken: 'tok_ok',
})
const lampHeld = stocking(lamp, 'StockReserved', { quantity: 5 })
const chairHeld = stocking(chair, 'StockReserved', { quantity: 1 })
const reserveLamp = send(stock, lamp, 'ReserveStock', { orderId, quantity: 5 })
const reserveChair = send(stock, chair, 'ReserveStock', { orderId, quantity: 1 })
const lampRefused = refusalOf(reserveLamp, 'OutOfStock')
const chairRefused = refusalOf(reserveChair, 'OutOfStock')
const paymentDone = paying('PaymentCompleted', receipt)
const paymentFailed = paying('PaymentFailed', { reason: 'card_declined' })
const paid = ordering('OrderPaid', { paymentId })
const confirmed = ordering('OrderConfirmed')
const rejected = ordering('OrderRejected', { reason: 'out_of_stock' })
const cancelled = ordering('OrderCancelled', { reason: 'Changed my mind', by: userId })
const committed = (id: ProductId) => stocking(id, 'StockCommitted', { quantity: 1 })

const release = (id: ProductId) => send(stock, id, 'ReleaseStock', { orderId })
const callOff = send(payment, paymentId, 'VoidPayment', { orderId })
const reject = (reason: string) => send(order, orderId, 'RejectOrder', { reason })
const sendOff = (more: object = {}) =>
  send(shipment, shipmentIdOf(orderId), 'CreateShipment', {
    orderId,
    userId,
    carrier: 'post',
    method: 'standard',
    cost: { amount: 0, currency: 'EUR' },
    ...more,
  })
const markPaid = send(order, orderId, 'MarkPaid', { paymentId })
const requestPayment = send(payment, paymentId, 'RequestPayment', {
  orderId,
  userId,
  amount: total,
  token: 'tok_ok',
})
const told = (type: string) =>
  (['in_app', 'email'] as const).map((channel) => ({
    to: notification.name,
    id: notificationIdOf(orderId, type, channel),
    command: {
      type: 'RequestNotification',
      data: { userId, orderId, channel, type },
    },
  }))

const run = reacting(fulfilment({ orderTimeout: minutes(15) }))

describe('fulfilment without failures', () => {
  test('reserves all pieces of each product by one command, and sets the timer', () =>
    expect(run.given().on(placed)).toMatchObject({
      steps: [
        reserveLamp,
        reserveChair,
        after(900_000, send(order, orderId, 'CancelOrder', { reason: 'payment_timeout' })),
      ],
      ended: false,
    }))

  test('waits until every reservation is answered', () =>
    expect(run.given(placed).on(chairHeld).steps).toEqual([]))

  test('requests the payment once all pieces are reserved', () =>
    expect(run.given(placed, chairHeld).on(lampHeld).steps).toEqual([
      send(order, orderId, 'ConfirmStock'),
      requestPayment,
    ]))

  test('removes the card token from its state once the payment is requested', () => {
    expect(JSON.stringify(run.given(placed).on(chairHeld).state)).toContain('tok_ok')
    expect(JSON.stringify(run.given(placed, chairHeld).on(lampHeld).state)).not.toContain('tok_ok')
  })

  test('marks the order as paid, which the order may refuse', () =>
    expect(run.given(placed, lampHeld, chairHeld).on(paymentDone).steps).toEqual([markPaid]))

  test('commits the pieces once the order is paid', () =>
    expect(run.given(placed, lampHeld, chairHeld, paymentDone).on(paid).steps).toEqual([
      send(stock, lamp, 'CommitStock', { orderId }),
      send(stock, chair, 'CommitStock', { orderId }),
    ]))

  test('confirms the order once all pieces are committed', () => {
    const past = [placed, lampHeld, chairHeld, paymentDone, paid]
    expect(run.given(...past).on(committed(chair)).steps).toEqual([])
    expect(run.given(...past, committed(chair)).on(committed(lamp)).steps).toEqual([
      send(order, orderId, 'ConfirmOrder'),
    ])
  })

  test('ends with notifications of the confirmation', () =>
    expect(
      run
        .given(placed, lampHeld, chairHeld, paymentDone, paid, committed(lamp), committed(chair))
        .on(confirmed),
    ).toMatchObject({ steps: [sendOff(), ...told('order_confirmed')], ended: true }))

  test('creates the shipment by the chosen method', () => {
    const shipping = {
      carrier: 'courier',
      method: 'express',
      cost: { amount: 1_490, currency: 'EUR' },
    }
    const chosen = ordering('OrderPlaced', { ...placed.data, shipping })
    const past = [chosen, lampHeld, chairHeld, paymentDone, paid, committed(lamp), committed(chair)]
    expect(run.given(...past).on(confirmed).steps[0]).toEqual(sendOff(shipping))
  })
})

describe('fulfilment with a product that is out of stock', () => {
  test('releases the reservations and rejects the order', () =>
    expect(run.given(placed, lampHeld).on(chairRefused)).toMatchObject({
      steps: [release(lamp), callOff, reject('out_of_stock')],
      ended: false,
    }))

  test('releases a reservation that is answered later', () =>
    expect(run.given(placed, lampRefused).on(chairHeld).steps).toEqual([release(chair)]))

  test('ends with notifications of the rejection once every reservation is answered', () => {
    const early = run.given(placed, lampRefused).on(rejected)
    expect(early).toMatchObject({ steps: told('order_rejected'), ended: false })
    expect(run.given(placed, lampRefused, rejected).on(chairHeld)).toMatchObject({
      steps: [release(chair)],
      ended: true,
    })
    expect(run.given(placed, lampRefused, rejected).on(chairRefused).ended).toBe(true)
    expect(run.given(placed, lampRefused, chairRefused).on(rejected).ended).toBe(true)
  })

  test('rejects the order once for several products that are out of stock', () =>
    expect(run.given(placed, lampRefused).on(chairRefused)).toMatchObject({
      steps: [],
      ended: false,
    }))
})

describe('fulfilment with a declined card', () => {
  test('releases all reservations and rejects the order', () =>
    expect(run.given(placed, lampHeld, chairHeld).on(paymentFailed).steps).toEqual([
      release(lamp),
      release(chair),
      callOff,
      reject('payment_declined'),
    ]))

  test('rejects the order as unpayable when the provider did not answer', () => {
    const unanswered = paying('PaymentFailed', { reason: 'provider_unavailable' })
    expect(run.given(placed, lampHeld, chairHeld).on(unanswered).steps).toContainEqual(
      reject('payment_unavailable'),
    )
  })

  test('ignores a payment that completes after it was voided', () =>
    expect(run.given(placed, lampHeld, chairHeld, paymentFailed).on(paymentDone).steps).toEqual([]))
})

describe('fulfilment of an order that is cancelled', () => {
  const unpaid = { ...cancelled, data: { reason: 'payment_timeout', by: 'fulfilment' } }

  test('releases the reservations, voids the payment and notifies the buyer', () => {
    expect(run.given(placed, lampHeld, chairHeld).on(cancelled)).toMatchObject({
      steps: [release(lamp), release(chair), callOff, ...told('order_cancelled')],
      ended: true,
    })
    expect(run.given(placed, lampHeld, chairHeld, paymentDone).on(unpaid)).toMatchObject({
      steps: [release(lamp), release(chair), callOff, ...told('order_cancelled')],
      ended: true,
    })
  })

  test('waits for unanswered reservations, and releases them', () => {
    expect(run.given(placed, lampHeld).on(cancelled)).toMatchObject({
      steps: [release(lamp), callOff, ...told('order_cancelled')],
      ended: false,
    })
    expect(run.given(placed, lampHeld, cancelled).on(chairHeld)).toMatchObject({
      steps: [release(chair)],
      ended: true,
    })
  })

  test('during its rejection notifies the buyer only of the event that comes first', () => {
    const past = [placed, lampHeld, chairHeld, paymentFailed]
    expect(run.given(...past).on(cancelled)).toMatchObject({
      steps: told('order_cancelled'),
      ended: true,
    })
    expect(
      run.given(...past, cancelled).on(refusalOf(reject('x'), 'AlreadyCancelled')).steps,
    ).toEqual([])
  })
})

describe('fulfilment for a buyer who has left', () => {
  const left = ordering('OrderBuyerLeft')
  const off = ordering('OrderCancelled', { reason: 'buyer_left', by: 'forget-person' })

  test('releases all reservations without notifications', () => {
    expect(run.given(placed, lampHeld, chairHeld, left).on(off)).toMatchObject({
      steps: [release(lamp), release(chair), callOff],
      ended: true,
    })
    expect(run.given(placed, lampHeld, left).on(off)).toMatchObject({
      steps: [release(lamp), callOff],
      ended: false,
    })
    expect(run.given(placed, left, off, lampHeld).on(chairHeld).steps).toEqual([release(chair)])
  })

  test('fulfils a paid order without notifications', () => {
    const past = [placed, lampHeld, chairHeld, paymentDone, paid]
    const out = [committed(lamp), committed(chair)]
    const silent = { steps: [sendOff({ buyerLeft: true })], ended: true }
    expect(run.given(...past, left, ...out).on(confirmed)).toMatchObject(silent)
    expect(run.given(...past, ...out, left).on(confirmed)).toMatchObject(silent)
    expect(run.given(placed, left).on(confirmed)).toMatchObject(silent)
  })
})

describe('fulfilment with a payment by hand before the reservations', () => {
  test('does not request the payment', () =>
    expect(run.given(placed, paymentDone, lampHeld).on(chairHeld).steps).toEqual([
      send(order, orderId, 'ConfirmStock'),
      markPaid,
    ]))

  test('requests the payment when the one by hand failed', () =>
    expect(run.given(placed, paymentFailed, lampHeld).on(chairHeld).steps).toContainEqual(
      requestPayment,
    ))

  test('voids the payment when a product is out of stock', () =>
    expect(run.given(placed, paymentDone, lampHeld).on(chairRefused).steps).toContainEqual(callOff))
})

test('repeated inputs have no effect', () => {
  const past = [placed, lampHeld, chairHeld, paymentDone, paid, committed(lamp)]
  expect(run.given(...past).on(committed(lamp)).steps).toEqual([])
  expect(run.given(...past).on(lampHeld).steps).toEqual([])
  expect(
    run.given(...past).on(refusalOf(send(stock, lamp, 'CommitStock', { orderId }), 'NotReserved')),
  ).toMatchObject({ steps: [], ended: false })
})

test('every event is routed to the run of its order', () => {
  const { keyOf } = fulfilment({ orderTimeout: 1 })
  for (const event of [placed, lampHeld, paymentDone, paid]) expect(keyOf(event)).toBe(orderId)
  const counted = recorded(streamOf(stock, lamp), {
    type: 'StockInitialized',
    data: { quantity: 1 },
  })
  expect(keyOf(counted)).toBeUndefined()
})
