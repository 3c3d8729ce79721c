import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { derivedId, isRefusal, type CommandOf, type StateOf } from '#kernel'
import { given } from '#kernel/testing'
import { OrderId, UserId } from '../shared/index.ts'
import { shipment, shipmentIdOf, trackingOf } from './shipment.ts'

const orderId = derivedId(OrderId, 'order')
const userId = derivedId(UserId, 'ada')
const whose = { orderId, userId }
const now = '2030-01-01T00:00:00.000Z'
const at = (minute: number) => `2029-12-31T10:${String(minute).padStart(2, '0')}:00.000Z`

const sending = {
  ...whose,
  carrier: 'post',
  method: 'standard',
  cost: { amount: 490, currency: 'EUR' },
}
const create = { type: 'CreateShipment' as const, data: sending }
const created = { type: 'ShipmentCreated' as const, data: sending }
type Status = 'DISPATCHED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED'
type More = { happenedAt?: string; tracking?: string; note?: string }
const report = (status: Status, more: More = {}) => ({
  type: 'ReportShipment' as const,
  data: { status, ...more },
})
const dispatched = (happenedAt = now) => ({
  type: 'ShipmentDispatched' as const,
  data: { ...whose, happenedAt },
})
const inTransit = (happenedAt = now) => ({
  type: 'ShipmentInTransit' as const,
  data: { ...whose, happenedAt },
})
const delivered = (happenedAt = now) => ({
  type: 'ShipmentDelivered' as const,
  data: { ...whose, happenedAt },
})
const failed = (attempt: number, happenedAt = now, more: { late?: true } = {}) => ({
  type: 'ShipmentFailed' as const,
  data: { ...whose, happenedAt, attempt, ...more },
})
const returned = (happenedAt = now) => ({
  type: 'ShipmentReturned' as const,
  data: { ...whose, happenedAt },
})
const tracked = (tracking: string) => ({
  type: 'ShipmentTracked' as const,
  data: { ...whose, tracking },
})
const cancelled = { type: 'ShipmentCancelled' as const, data: whose }
const forgotten = { type: 'ShipmentForgotten' as const, data: whose }

describe('a shipment', () => {
  test('is created once, under an id of its order', () => {
    given(shipment).when(create).yields(created)
    given(shipment, created).when(create).yields()
    expect(shipmentIdOf(orderId)).toBe(shipmentIdOf(orderId))
    expect(trackingOf(shipmentIdOf(orderId))).toMatch(/^AG[0-9A-F]{16}$/)
  })

  test('may have another method, and a number of the carrier, until it is dispatched', () => {
    const express = { ...create, data: { ...sending, carrier: 'courier', method: 'express' } }
    const numbered = { ...create, data: { ...sending, tracking: 'X1' } }
    const other = {
      type: 'ShipmentMethodChanged' as const,
      data: { ...whose, carrier: 'courier', method: 'express' },
    }
    given(shipment, created).when(express).yields(other)
    given(shipment, created, other).when(express).yields()
    given(shipment).when(numbered).yields(created, tracked('X1'))
    given(shipment, created).when(numbered).yields(tracked('X1'))
    given(shipment, created, tracked('X1')).when(numbered).yields()
    given(shipment, created, dispatched()).when(express).refuses('AlreadyDispatched')
    given(shipment, created, dispatched()).when(create).yields()
    given(shipment, cancelled).when(create).refuses('AlreadyCancelled')
  })

  test('goes from dispatched over transit to delivered', () => {
    given(shipment).when(report('DISPATCHED')).refuses('NoSuchShipment')
    given(shipment, created).when(report('DISPATCHED')).yields(dispatched())
    given(shipment, created, dispatched()).when(report('IN_TRANSIT')).yields(inTransit())
    given(shipment, created, dispatched(), inTransit())
      .when(report('DELIVERED'))
      .yields(delivered())
  })

  test('records number and words of the carrier with a report', () => {
    const note = 'left with a neighbour'
    given(shipment, created, dispatched())
      .when(report('DELIVERED', { tracking: 'X1', note }))
      .yields(tracked('X1'), { ...delivered(), data: { ...whose, happenedAt: now, note } })
    given(shipment, created, dispatched(), tracked('X1'))
      .when(report('DISPATCHED', { tracking: 'X1' }))
      .yields()
  })

  test('records the words of the carrier also when its order has reported the dispatch before', () => {
    const note = 'picked up at noon'
    given(shipment, created, dispatched())
      .when(report('DISPATCHED', { note, happenedAt: at(5) }))
      .yields({ ...dispatched(), data: { ...whose, happenedAt: at(5), note } })
  })

  test('does not move again by the same report', () => {
    given(shipment, created, dispatched()).when(report('DISPATCHED')).yields()
    given(shipment, created, dispatched(), inTransit()).when(report('IN_TRANSIT')).yields()
    given(shipment, created, dispatched(), delivered()).when(report('DELIVERED')).yields()
    given(shipment, created, dispatched(), failed(1, at(5)))
      .when(report('FAILED', { happenedAt: at(5) }))
      .yields()
  })

  test('was dispatched when something later is reported first', () => {
    for (const [status, event] of [
      ['IN_TRANSIT', inTransit()],
      ['DELIVERED', delivered()],
      ['FAILED', failed(1)],
    ] as const)
      given(shipment, created).when(report(status)).yields(dispatched(), event)
  })

  test('does not move backwards by a late report', () => {
    given(shipment, created, dispatched(at(1)), inTransit(at(4)))
      .when(report('IN_TRANSIT', { happenedAt: at(3) }))
      .yields()
    given(shipment, created, dispatched(at(1)), failed(1, at(5)))
      .when(report('IN_TRANSIT', { happenedAt: at(4) }))
      .yields()
    given(shipment, created, dispatched(at(1)), failed(1, at(5)))
      .when(report('IN_TRANSIT', { happenedAt: at(6) }))
      .yields(inTransit(at(6)))
    given(shipment, created, dispatched(), delivered())
      .when(report('IN_TRANSIT', { happenedAt: at(9) }))
      .yields()
    given(shipment, created, dispatched(), delivered())
      .when(report('FAILED', { happenedAt: at(9) }))
      .refuses('AlreadyDelivered')
  })

  test('counts a failed attempt that is reported late, and stays in transit', () =>
    given(shipment, created, dispatched(at(1)), inTransit(at(9)))
      .when(report('FAILED', { happenedAt: at(5) }))
      .yields(failed(1, at(5), { late: true })))

  test('goes back after the second failed attempt', () => {
    const tried = [created, dispatched(), failed(1, at(5))] as const
    given(shipment, ...tried)
      .when(report('FAILED'))
      .yields(failed(2), returned())
    given(shipment, ...tried, inTransit(at(7)))
      .when(report('FAILED', { happenedAt: at(9) }))
      .yields(failed(2, at(9)), returned(at(9)))
    const back = [...tried, failed(2, at(9)), returned(at(9))] as const
    given(shipment, ...back)
      .when(report('FAILED'))
      .yields()
    given(shipment, ...back)
      .when(report('DELIVERED'))
      .refuses('AlreadyReturned')
  })

  test('has no report from the future', () =>
    given(shipment, created)
      .when(report('DISPATCHED', { happenedAt: '2031-01-01T00:00:00Z' }))
      .yields(dispatched()))

  test('is cancelled until it is dispatched, even before it is created', () => {
    const cancel = { type: 'CancelShipment' as const, data: whose }
    given(shipment).when(cancel).yields(cancelled)
    given(shipment, created).when(cancel).yields(cancelled)
    given(shipment, cancelled).when(cancel).yields()
    given(shipment, created, dispatched()).when(cancel).yields()
    given(shipment, cancelled).when(report('DISPATCHED')).refuses('AlreadyCancelled')
  })

  test('has no number and no words any more once its buyer has left, and notifies nobody', () => {
    const forget = { type: 'ForgetShipment' as const, data: {} }
    given(shipment).when(forget).yields()
    given(shipment, cancelled).when(forget).yields()
    given(shipment, created, tracked('X1')).when(forget).yields(forgotten)
    given(shipment, created, forgotten).when(forget).yields()
    given(shipment, created, tracked('X1'), forgotten)
      .when(report('DISPATCHED', { tracking: 'X1', note: 'at the mill' }))
      .yields({
        type: 'ShipmentDispatched',
        data: { ...whose, happenedAt: now, buyerLeft: true },
      })
    given(shipment, created, forgotten)
      .when({ ...create, data: { ...sending, tracking: 'X2' } })
      .yields()
    const silent = { ...create, data: { ...sending, buyerLeft: true as const } }
    given(shipment)
      .when(silent)
      .yields({ ...created, data: silent.data })
    given(shipment, { ...created, data: silent.data })
      .when(report('DELIVERED', { note: 'at the mill' }))
      .yields(
        { ...dispatched(), data: { ...whose, happenedAt: now, buyerLeft: true } },
        { ...delivered(), data: { ...whose, happenedAt: now, buyerLeft: true } },
      )
  })
})

/** Folds reports into a shipment; refused ones change nothing. */
const after = (reports: readonly CommandOf<typeof shipment>[]): StateOf<typeof shipment> => {
  const context = { now, by: 'tester' }
  let state = shipment.evolve(shipment.initialState, created)
  for (const each of reports) {
    const decision = shipment.decide(state, each, context)
    if (isRefusal(decision)) continue
    for (const event of decision) state = shipment.evolve(state, event)
  }
  return state
}

test('the reports of a carrier lead to the same end in every order, however often they come', () => {
  const journey = fc
    .array(fc.constantFrom('IN_TRANSIT', 'FAILED'), { maxLength: 5 })
    .chain((middle) =>
      fc.constantFrom<Status[]>([], ['DELIVERED']).map((last) => {
        const seen = ['DISPATCHED', ...middle] as Status[]
        // No carrier delivers a parcel after it has sent it back.
        const isBack = middle.filter((one) => one === 'FAILED').length > 1
        return [...seen, ...(isBack ? [] : last)].map((status, minute) =>
          report(status, { happenedAt: at(minute) }),
        )
      }),
    )
  const shuffled = journey.chain((reports) =>
    fc.record({
      reports: fc.constant(reports),
      order: fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 }),
    }),
  )
  fc.assert(
    fc.property(shuffled, ({ reports, order }) => {
      const [inOrder, anyOrder] = [after(reports), after(order)]
      expect(anyOrder.status).toBe(inOrder.status)
    }),
    { numRuns: 500 },
  )
})
