import { describe, expect, test } from 'vitest'
import { derivedId, send, streamOf } from '#kernel'
import { reacting, recorded } from '#kernel/testing'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { order } from '../domains/ordering/language.ts'
import { shipment, shipmentIdOf, undeliveredReturnOf } from '../domains/shipping/language.ts'
import { OrderId, UserId } from '../domains/shared/index.ts'
import { delivery } from './delivery.ts'

const orderId = derivedId(OrderId, 'order')
const shipmentId = shipmentIdOf(orderId)
const userId = derivedId(UserId, 'ada')
const cost = { amount: 490, currency: 'EUR' }
const happenedAt = '2030-01-07T08:00:00.000Z'

const ordering = (type: string, data: object = {}) =>
  recorded(streamOf(order, orderId), { type, data })
const shipping = (type: string, data: object = {}) =>
  recorded(streamOf(shipment, shipmentId), {
    type,
    data: { orderId, userId, happenedAt, ...data },
  })
const told = (type: string) =>
  (['in_app', 'email'] as const).map((channel) => ({
    to: notification.name,
    id: notificationIdOf(orderId, type, channel),
    command: { type: 'RequestNotification', data: { userId, orderId, channel, type } },
  }))
const run = reacting(delivery)

describe('a report about a parcel', () => {
  test('of its dispatch notifies the buyer', () =>
    expect(run.given().on(shipping('ShipmentDispatched'))).toMatchObject({
      steps: told('order_shipped'),
      resting: true,
    }))

  test('of its delivery delivers the order', () =>
    expect(run.given().on(shipping('ShipmentDelivered')).steps).toMatchObject([
      send(order, orderId, 'DeliverOrder'),
      ...told('order_delivered'),
    ]))

  test('of a first failed attempt notifies the buyer, and the second takes the goods back', () => {
    expect(run.given().on(shipping('ShipmentFailed', { attempt: 1 })).steps).toMatchObject(
      told('order_undelivered'),
    )
    expect(run.given().on(shipping('ShipmentFailed', { attempt: 2 })).steps).toEqual([])
    expect(run.given().on(shipping('ShipmentReturned')).steps).toEqual([
      send(order, orderId, 'TakeBackParcel', { returnId: undeliveredReturnOf(orderId) }),
    ])
  })

  test('notifies no buyer who has left', () => {
    const silent = { buyerLeft: true }
    expect(run.given().on(shipping('ShipmentDispatched', silent)).steps).toEqual([])
    const failed = { ...silent, attempt: 1 }
    expect(run.given().on(shipping('ShipmentFailed', failed)).steps).toEqual([])
    expect(run.given().on(shipping('ShipmentDelivered', silent)).steps).toEqual([
      send(order, orderId, 'DeliverOrder'),
    ])
  })
})

test('an order that is moved by hand takes its shipment along, and no other one', () => {
  const report = (status: 'DISPATCHED' | 'DELIVERED') =>
    send(shipment, shipmentId, 'ReportShipment', { status })
  expect(run.given().on(ordering('OrderShipped', { shipmentId })).steps).toEqual([
    report('DISPATCHED'),
  ])
  expect(run.given().on(ordering('OrderDelivered', { shipmentId })).steps).toEqual([
    report('DELIVERED'),
  ])
  for (const type of ['OrderShipped', 'OrderDelivered'])
    expect(run.given().on(ordering(type))).toEqual({ state: null, steps: [], ended: false })
})

test('a shipment that is created late follows an order that was moved by hand', () => {
  const created = shipping('ShipmentCreated')
  const late = { ...created, data: { orderId, userId, carrier: 'post', method: 'standard', cost } }
  expect(run.given().on(late)).toEqual({ state: null, steps: [], ended: false })
  const moved = [
    ordering('OrderShipped', { shipmentId }),
    ordering('OrderDelivered', { shipmentId }),
  ] as const
  expect(run.given(...moved).on(late).steps).toEqual([
    send(shipment, shipmentId, 'ReportShipment', { status: 'DELIVERED' }),
  ])
})

test('every event is routed to the run of its order', () => {
  for (const event of [ordering('OrderShipped'), shipping('ShipmentDelivered')])
    expect(delivery.keyOf(event)).toBe(orderId)
})
