import { expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { shipment, shipmentIdOf, trackingOf } from '../domains/shipping/language.ts'
import { OrderId, UserId } from '../domains/shared/index.ts'
import { shipments } from './shipments.ts'

const orderId = derivedId(OrderId, 'order')
const userId = derivedId(UserId, 'ada')
const id = shipmentIdOf(orderId)
const [monday, tuesday] = ['2030-01-07T08:00:00.000Z', '2030-01-08T08:00:00.000Z']
const happenedAt = '2030-01-07T20:00:00.000Z'
const cost = { amount: 490, currency: 'EUR' }
const of = (type: string, data: object = {}, at = tuesday, revision = 1) =>
  recorded(streamOf(shipment, id), { type, data: { orderId, userId, ...data } }, { at, revision })
const created = of('ShipmentCreated', { carrier: 'post', method: 'standard', cost }, monday, 0)
const before = {
  id,
  orderId,
  userId,
  carrier: 'post',
  method: 'standard',
  cost,
  tracking: trackingOf(id),
  status: 'CREATED',
  failures: 0,
  happenedAt: monday,
  revision: 0,
  createdAt: monday,
  updatedAt: monday,
}

test('a new shipment has a number of ours, until the carrier gives it another one', () => {
  expect(folding(shipments, created).into(id)).toEqual(before)
  const after = { ...before, tracking: 'X1', revision: 1, updatedAt: tuesday }
  expect(folding(shipments, created, of('ShipmentTracked', { tracking: 'X1' })).into(id)).toEqual(
    after,
  )
})

test('another method replaces the first one', () =>
  expect(
    folding(
      shipments,
      created,
      of('ShipmentMethodChanged', { carrier: 'courier', method: 'express' }),
    ).into(id),
  ).toMatchObject({ carrier: 'courier', method: 'express', cost, updatedAt: tuesday }))

test.each([
  ['ShipmentDispatched', 'DISPATCHED'],
  ['ShipmentInTransit', 'IN_TRANSIT'],
  ['ShipmentDelivered', 'DELIVERED'],
])('%s sets the status, its time and the words of the carrier', (type, status) => {
  const data = { happenedAt, note: 'left with a neighbour' }
  expect(folding(shipments, created, of(type, data)).into(id)).toEqual({
    ...before,
    ...data,
    status,
    revision: 1,
    updatedAt: tuesday,
  })
})

test('failed attempts are counted; a late one leaves the status', () => {
  const failed = of('ShipmentFailed', { happenedAt, attempt: 1 })
  expect(folding(shipments, created, failed).into(id)).toMatchObject({
    status: 'FAILED',
    failures: 1,
    happenedAt,
  })
  const moving = of('ShipmentInTransit', { happenedAt: tuesday })
  const late = of('ShipmentFailed', { happenedAt, attempt: 1, late: true, note: 'nobody there' })
  expect(folding(shipments, created, moving, late).into(id)).toMatchObject({
    status: 'IN_TRANSIT',
    failures: 1,
    happenedAt: tuesday,
  })
  const back = of('ShipmentReturned', { happenedAt })
  expect(folding(shipments, created, failed, back).into(id)).toMatchObject({ status: 'RETURNED' })
})

test('a cancelled shipment stays in the list; one that was never created is not in it', () => {
  expect(folding(shipments, created, of('ShipmentCancelled')).into(id)).toMatchObject({
    status: 'CANCELLED',
  })
  expect(folding(shipments, of('ShipmentCancelled')).into(id)).toBeUndefined()
})

test('number and words are gone once the buyer has left', () => {
  const past = [
    created,
    of('ShipmentTracked', { tracking: 'X1' }),
    of('ShipmentDispatched', { happenedAt, note: 'at the mill' }),
  ]
  const { tracking: _, ...rest } = before
  expect(folding(shipments, ...past, of('ShipmentForgotten', {}, tuesday, 3)).into(id)).toEqual({
    ...rest,
    status: 'DISPATCHED',
    happenedAt,
    revision: 3,
    updatedAt: tuesday,
  })
})
