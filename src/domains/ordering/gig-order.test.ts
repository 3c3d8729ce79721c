import { describe, expect, test } from 'vitest'
import { derivedId, isRefusal, type CommandOf, type StateOf } from '#kernel'
import { given } from '#kernel/testing'
import { GigId, PaymentId, RefundId, UserId } from '../shared/index.ts'
import { gigOrder } from './gig-order.ts'

const euros = (amount: number) => ({ amount, currency: 'EUR' })
const now = '2030-01-01T00:00:00.000Z'
const dueAt = '2030-01-04T00:00:00.000Z'
const late = { now: '2030-01-04T00:00:00.001Z', by: 'tester' }
const [userId, sellerId] = ['bob', 'ada'].map((name) => derivedId(UserId, name)) as [UserId, UserId]
const gigId = derivedId(GigId, 'logo')
const paymentId = derivedId(PaymentId, 'payment')
const sale = { userId, sellerId, gigId, price: euros(5_000) }
const terms = { deliveryDays: 3, revisions: 1 }
const ordered = { ...sale, ...terms, requirements: 'In blue', paymentToken: 'tok_ok' }

const placed = { type: 'GigOrderPlaced' as const, data: ordered }
const described = {
  type: 'GigOrderTermsRecorded' as const,
  data: { sellerId, title: 'A logo', package: 'Basic' },
}
const place = {
  type: 'PlaceGigOrder' as const,
  data: { ...ordered, title: 'A logo', package: 'Basic' },
}
const started = {
  type: 'GigOrderStarted' as const,
  data: { ...sale, paymentId, startedAt: now, dueAt },
}
const delivery = (number: number) => ({
  type: 'GigOrderDelivered' as const,
  data: { sellerId, delivery: number, message: 'Here it is', mediaIds: [] },
})
const delivered = delivery(1)
const revised = {
  type: 'GigOrderRevisionRequested' as const,
  data: { userId, delivery: 1, message: 'Bluer', dueAt },
}
const accepted = { type: 'GigOrderAccepted' as const, data: { by: 'tester' } }
const completed = { type: 'GigOrderCompleted' as const, data: { ...sale, heldSince: now } }
const proposed = (side: 'buyer' | 'seller') => ({
  type: 'GigOrderCancellationProposed' as const,
  data: { side, personId: side === 'buyer' ? userId : sellerId },
})
const cancelled = (reason: string, held = true, more: object = {}) => ({
  type: 'GigOrderCancelled' as const,
  data: { ...sale, reason, by: 'tester', ...(held && { heldSince: now }), ...more },
})
const left = (side: 'buyer' | 'seller') => ({
  type: 'GigOrderPartyLeft' as const,
  data: { side },
})
const inWork = [placed, described, started] as const
const atHand = [...inWork, delivered] as const

const cancel = (side: 'buyer' | 'seller' | 'admin', words?: string) => ({
  type: 'CancelGigOrder' as const,
  data: { side, ...(words !== undefined && { words }) },
})
const start = { type: 'StartGigOrder' as const, data: { paymentId } }
const deliver = { type: 'DeliverGigOrder' as const, data: { message: 'Here it is' } }
const revise = { type: 'RequestRevision' as const, data: { message: 'Bluer' } }
const complete = { type: 'CompleteGigOrder' as const, data: {} }
const silence = (number: number) => ({
  type: 'CompleteGigOrder' as const,
  data: { delivery: number },
})
const capture = { type: 'RecordGigOrderCapture' as const, data: { paymentId } }
const noCapture = {
  type: 'RecordGigOrderNotCaptured' as const,
  data: { reason: 'payment_not_captured' },
}
const abandon = { type: 'AbandonGigOrder' as const, data: { reason: 'payment_declined' } }
const leave = (side: 'buyer' | 'seller') => ({ type: 'LetPartyGo' as const, data: { side } })
const overdue = (number: number) => ({
  type: 'MarkGigOrderOverdue' as const,
  data: { delivery: number },
})

describe('an order of a gig', () => {
  test('is placed by anybody but its seller, once', () => {
    given(gigOrder).when(place).yields(placed, described)
    given(gigOrder, placed, described).when(place).yields()
    given(gigOrder)
      .when({ ...place, data: { ...place.data, userId: sellerId } })
      .refuses('OwnGig')
    given(gigOrder, placed, described)
      .when({ ...place, data: { ...place.data, gigId: derivedId(GigId, 'other') } })
      .refuses('AlreadyPlaced')
  })

  test('is placed at the agreed price only', () => {
    const agreed = (agreedTotal: { readonly amount: number; readonly currency: string }) =>
      given(gigOrder).when({ ...place, data: { ...place.data, agreedTotal } })
    agreed(sale.price).yields(placed, described)
    agreed(euros(4_999)).refuses('PriceChanged')
    agreed({ ...sale.price, currency: 'USD' }).refuses('PriceChanged')
  })

  test('starts when its money is held, and is due after the days of the package', () => {
    given(gigOrder, placed, described).when(start).yields(started)
    given(gigOrder, ...inWork)
      .when(start)
      .yields()
    given(gigOrder, placed, cancelled('x', false)).when(start).refuses('AlreadyCancelled')
  })

  test('is cancelled when its money is not held, unless the work has begun', () => {
    given(gigOrder, placed).when(abandon).yields(cancelled('payment_declined', false))
    given(gigOrder, placed, cancelled('x', false)).when(abandon).yields()
    given(gigOrder, ...inWork)
      .when(abandon)
      .refuses('AlreadyStarted')
  })

  test('is delivered once for each request', () => {
    given(gigOrder, ...inWork)
      .when(deliver)
      .yields(delivered)
    given(gigOrder, ...atHand)
      .when(deliver)
      .refuses('AlreadyDelivered')
    given(gigOrder, ...atHand, revised)
      .when(deliver)
      .yields(delivery(2))
    given(gigOrder, placed).when(deliver).refuses('NotStarted')
    given(gigOrder, ...atHand, accepted)
      .when(deliver)
      .refuses('AlreadyAccepted')
  })

  test('is revised as often as the package says, with the days of the package each time', () => {
    given(gigOrder, ...atHand)
      .when(revise)
      .yields(revised)
    given(gigOrder, ...atHand, revised)
      .when(revise)
      .refuses('AlreadyInRevision')
    given(gigOrder, ...atHand, revised, delivery(2))
      .when(revise)
      .refuses('NoRevisionsLeft')
    given(gigOrder, ...inWork)
      .when(revise)
      .refuses('NotDelivered')
    given(gigOrder, ...atHand, accepted)
      .when(revise)
      .refuses('AlreadyAccepted')
  })

  test('is accepted when it is delivered, and completed when the money is taken', () => {
    given(gigOrder, ...atHand)
      .when(complete)
      .yields(accepted)
    given(gigOrder, ...atHand, accepted)
      .when(complete)
      .yields()
    given(gigOrder, ...inWork)
      .when(complete)
      .refuses('NotDelivered')
    given(gigOrder, ...atHand, revised)
      .when(complete)
      .refuses('NotDelivered')
    given(gigOrder, ...atHand, accepted)
      .when(capture)
      .yields(completed)
    given(gigOrder, ...atHand, accepted, completed)
      .when(capture)
      .yields()
    given(gigOrder, ...atHand)
      .when(capture)
      .refuses('NotAccepted')
    given(gigOrder, ...atHand, cancelled('overdue'))
      .when(capture)
      .refuses('AlreadyCancelled')
  })

  test('is cancelled when the money cannot be taken', () => {
    given(gigOrder, ...atHand, accepted)
      .when(noCapture)
      .yields(cancelled('payment_not_captured'))
    given(gigOrder, ...atHand)
      .when(noCapture)
      .refuses('NotAccepted')
    given(gigOrder, ...atHand, accepted, completed)
      .when(noCapture)
      .refuses('AlreadyCompleted')
  })

  test('is accepted by silence after the last delivery only', () => {
    const silent = { ...accepted, data: { by: 'tester', silent: true as const } }
    given(gigOrder, ...atHand)
      .when(silence(1))
      .yields(silent)
    given(gigOrder, ...atHand, revised)
      .when(silence(1))
      .yields()
    given(gigOrder, ...atHand, revised, delivery(2))
      .when(silence(1))
      .yields()
    given(gigOrder, ...atHand, accepted)
      .when(silence(1))
      .yields()
    given(gigOrder, ...atHand, cancelled('overdue'))
      .when(silence(1))
      .refuses('AlreadyCancelled')
  })

  test('is overdue while its delivery is awaited', () => {
    const marked = (number: number) => ({
      type: 'GigOrderOverdue' as const,
      data: { delivery: number },
    })
    given(gigOrder, ...inWork)
      .when(overdue(0))
      .yields(marked(0))
    given(gigOrder, ...inWork, marked(0))
      .when(overdue(0))
      .yields()
    given(gigOrder, ...atHand)
      .when(overdue(0))
      .yields()
    given(gigOrder, ...atHand, revised)
      .when(overdue(0))
      .yields()
    given(gigOrder, ...atHand, revised)
      .when(overdue(1))
      .yields(marked(1))
  })
})

describe('a cancellation', () => {
  test('is possible for both sides before the work begins', () => {
    given(gigOrder, placed).when(cancel('buyer')).yields(cancelled('cancelled_by_buyer', false))
    given(gigOrder, placed).when(cancel('seller')).yields(cancelled('cancelled_by_seller', false))
  })

  test('needs both sides afterwards', () => {
    for (const past of [inWork, atHand, [...atHand, revised]]) {
      given(gigOrder, ...past)
        .when(cancel('buyer'))
        .yields(proposed('buyer'))
      given(gigOrder, ...past, proposed('buyer'))
        .when(cancel('buyer'))
        .yields()
      given(gigOrder, ...past, proposed('buyer'))
        .when(cancel('seller', 'Agreed'))
        .yields(cancelled('cancelled_by_agreement', true, { personId: sellerId, words: 'Agreed' }))
      given(gigOrder, ...past, proposed('seller'))
        .when(cancel('buyer'))
        .yields(cancelled('cancelled_by_agreement'))
    }
  })

  test('is proposed anew after a further step', () => {
    given(gigOrder, ...inWork, proposed('buyer'), delivered)
      .when(cancel('seller'))
      .yields(proposed('seller'))
    given(gigOrder, ...atHand, proposed('seller'), revised)
      .when(cancel('buyer'))
      .yields(proposed('buyer'))
  })

  test('is the right of the buyer, not of the seller, once the delivery is overdue', () => {
    for (const past of [inWork, [...atHand, revised]]) {
      given(gigOrder, ...past)
        .when(cancel('buyer'), late)
        .yields(cancelled('overdue'))
      given(gigOrder, ...past)
        .when(cancel('seller'), late)
        .yields(proposed('seller'))
      given(gigOrder, ...past)
        .when(cancel('buyer'), { ...late, now: dueAt })
        .yields(proposed('buyer'))
    }
    given(gigOrder, ...atHand)
      .when(cancel('buyer'), late)
      .yields(proposed('buyer'))
  })

  test('is the right of an admin, until the work is accepted', () => {
    const why = { personId: userId, words: 'A fraud' }
    given(gigOrder, ...atHand)
      .when(cancel('admin', 'A fraud'))
      .yields(cancelled('cancelled_by_admin', true, why))
    for (const side of ['admin', 'buyer', 'seller'] as const) {
      given(gigOrder, ...atHand, accepted)
        .when(cancel(side))
        .refuses('AlreadyAccepted')
      given(gigOrder, ...atHand, accepted, completed)
        .when(cancel(side))
        .refuses('AlreadyCompleted')
      given(gigOrder, ...atHand, cancelled('overdue'))
        .when(cancel(side))
        .yields()
    }
  })
})

describe('who leaves', () => {
  test('pays for delivered work, and for a revision that nobody needs any more', () => {
    given(gigOrder, ...atHand)
      .when(leave('buyer'))
      .yields(left('buyer'), accepted)
    given(gigOrder, ...atHand)
      .when(leave('seller'))
      .yields(left('seller'), accepted)
    given(gigOrder, ...atHand, revised)
      .when(leave('buyer'))
      .yields(left('buyer'), accepted)
  })

  test('cancels other open orders', () => {
    const gone = cancelled('seller_left')
    given(gigOrder, ...atHand, revised)
      .when(leave('seller'))
      .yields(left('seller'), gone)
    given(gigOrder, ...inWork)
      .when(leave('seller'))
      .yields(left('seller'), gone)
    given(gigOrder, ...inWork)
      .when(leave('buyer'))
      .yields(left('buyer'), cancelled('buyer_left'))
    given(gigOrder, placed)
      .when(leave('buyer'))
      .yields(left('buyer'), cancelled('buyer_left', false))
  })

  test('leaves ended orders as they are, once', () => {
    given(gigOrder, ...atHand, accepted)
      .when(leave('buyer'))
      .yields(left('buyer'))
    given(gigOrder, ...atHand, accepted, completed)
      .when(leave('seller'))
      .yields(left('seller'))
    given(gigOrder, placed, cancelled('x', false)).when(leave('buyer')).yields(left('buyer'))
    given(gigOrder, ...atHand, accepted, left('buyer'))
      .when(leave('buyer'))
      .yields()
  })
})

describe('a refund', () => {
  const [one, two] = ['1', '2'].map((name) => derivedId(RefundId, name)) as [RefundId, RefundId]
  const refund = (refundId: RefundId, amount?: number) => ({
    type: 'RequestGigRefund' as const,
    data: { refundId, reason: 'late', ...(amount !== undefined && { amount: euros(amount) }) },
  })
  const asked = (refundId: RefundId, amount: number) => ({
    type: 'GigOrderRefundRequested' as const,
    data: { refundId, amount: euros(amount), reason: 'late' },
  })
  const done = (refundId: RefundId, amount: number, refunded: number) => ({
    type: 'GigOrderRefunded' as const,
    data: {
      ...sale,
      refundId,
      amount: euros(amount),
      refunded: euros(refunded),
      status: refunded === 5_000 ? ('REFUNDED' as const) : ('PARTLY_REFUNDED' as const),
    },
  })
  const mark = (refundId: RefundId) => ({ type: 'MarkGigRefunded' as const, data: { refundId } })
  const past = [...atHand, accepted, completed] as const

  test('is of an amount, or of all that remains', () => {
    given(gigOrder, ...past)
      .when(refund(one))
      .yields(asked(one, 5_000))
    given(gigOrder, ...past)
      .when(refund(one, 1_000))
      .yields(asked(one, 1_000))
    given(gigOrder, ...past, asked(one, 1_000))
      .when(refund(one, 1_000))
      .yields()
    given(gigOrder, ...past, asked(one, 1_000))
      .when(refund(two))
      .yields(asked(two, 4_000))
    given(gigOrder, ...past, asked(one, 1_000))
      .when(refund(two, 4_001))
      .refuses('MoreThanPaid')
    given(gigOrder, ...past, asked(one, 5_000))
      .when(refund(two))
      .yields()
    given(gigOrder, ...past, asked(one, 5_000))
      .when(refund(two, 1))
      .refuses('AlreadyRefunded')
    const dollars = {
      ...refund(one, 1),
      data: { ...refund(one).data, amount: { amount: 1, currency: 'USD' } },
    }
    given(gigOrder, ...past)
      .when(dollars)
      .refuses('OtherCurrency')
  })

  test('is of a completed order only', () => {
    given(gigOrder, ...atHand)
      .when(refund(one))
      .refuses('NotCompleted')
    given(gigOrder, ...atHand, cancelled('overdue'))
      .when(refund(one))
      .refuses('AlreadyCancelled')
  })

  test('changes the status, and the amount that remains, unless it fails', () => {
    const partly = [...past, asked(one, 1_000)] as const
    given(gigOrder, ...partly)
      .when(mark(one))
      .yields(done(one, 1_000, 1_000))
    given(gigOrder, ...partly, done(one, 1_000, 1_000))
      .when(mark(one))
      .yields()
    given(gigOrder, ...partly, done(one, 1_000, 1_000), asked(two, 4_000))
      .when(mark(two))
      .yields(done(two, 4_000, 5_000))
    given(gigOrder, ...partly)
      .when(mark(two))
      .refuses('NoSuchRefund')
    const failed = {
      type: 'GigOrderRefundFailed' as const,
      data: { refundId: one, reason: 'closed' },
    }
    const fail = {
      type: 'MarkGigRefundFailed' as const,
      data: { refundId: one, reason: 'closed' },
    }
    given(gigOrder, ...partly)
      .when(fail)
      .yields(failed)
    given(gigOrder, ...partly, failed)
      .when(fail)
      .yields()
    given(gigOrder, ...partly, failed)
      .when(refund(two))
      .yields(asked(two, 5_000))
    const { data } = done(one, 1_000, 1_000)
    given(gigOrder, ...partly, left('buyer'))
      .when(mark(one))
      .yields({ type: 'GigOrderRefunded', data: { ...data, buyerLeft: true } })
  })
})

test('no command of an order that does not exist is accepted, except its placing', () => {
  const commands: readonly CommandOf<typeof gigOrder>[] = [
    start,
    abandon,
    deliver,
    revise,
    complete,
    overdue(0),
    capture,
    noCapture,
    cancel('admin'),
    leave('buyer'),
  ]
  for (const command of commands) given(gigOrder).when(command).refuses('NoSuchOrder')
})

test('every command can be sent again at once: it has no second effect, or is refused', () => {
  const context = { now, by: 'tester' }
  const stateAfter = (
    state: StateOf<typeof gigOrder>,
    command: CommandOf<typeof gigOrder>,
  ): StateOf<typeof gigOrder> => {
    const decision = gigOrder.decide(state, command, context)
    return isRefusal(decision) ? state : decision.reduce(gigOrder.evolve, state)
  }
  let state: StateOf<typeof gigOrder> = gigOrder.initialState
  for (const command of [place, start, deliver, revise, deliver, complete, capture]) {
    state = stateAfter(state, command)
    expect(stateAfter(state, command)).toEqual(state)
  }
  expect(state.status).toBe('COMPLETED')
})
