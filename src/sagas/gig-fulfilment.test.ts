import { describe, expect, test } from 'vitest'
import { after, derivedId, minutes, send, streamOf } from '#kernel'
import { reacting, recorded, refusalOf } from '#kernel/testing'
import { notification, notificationIdOf } from '../domains/notifications/language.ts'
import { gigOrder } from '../domains/ordering/language.ts'
import { payment, paymentIdOf } from '../domains/payments/language.ts'
import { GigId, OrderId, UserId } from '../domains/shared/index.ts'
import { gigFulfilment } from './gig-fulfilment.ts'

const orderId = derivedId(OrderId, 'order')
const paymentId = paymentIdOf(orderId)
const userId = derivedId(UserId, 'bob')
const sellerId = derivedId(UserId, 'ada')
const price = { amount: 5_000, currency: 'EUR' }
const sale = { userId, sellerId, gigId: derivedId(GigId, 'logo'), price }
const now = '2030-01-01T00:00:00.000Z'
const dueAt = '2030-01-04T00:00:00.000Z'
const day = 24 * 60 * 60_000

const ordering = (type: string, data: object = {}) =>
  recorded(streamOf(gigOrder, orderId), { type, data })
const paying = (type: string, data: object = {}) =>
  recorded(streamOf(payment, paymentId), { type, data: { orderId, ...data } })

const receipt = { provider: 'simulator', providerRef: 'au_1' }
const terms = { deliveryDays: 3, revisions: 1 }
const placed = ordering('GigOrderPlaced', { ...sale, ...terms, paymentToken: 'tok_ok' })
const authorised = paying('PaymentAuthorised', receipt)
const started = ordering('GigOrderStarted', { ...sale, paymentId, startedAt: now, dueAt })
const delivered = ordering('GigOrderDelivered', {
  sellerId,
  delivery: 1,
  message: 'Here',
  mediaIds: [],
})
const revised = ordering('GigOrderRevisionRequested', {
  userId,
  delivery: 1,
  message: 'Bluer',
  dueAt,
})
const accepted = ordering('GigOrderAccepted', { by: userId })
const captured = paying('PaymentCaptured', receipt)
const completed = ordering('GigOrderCompleted', { ...sale, heldSince: now })
const cancelled = (reason: string, by: string = 'gigFulfilment') =>
  ordering('GigOrderCancelled', { ...sale, reason, by })
const left = (side: 'buyer' | 'seller') => ordering('GigOrderPartyLeft', { side })

const capture = send(payment, paymentId, 'CapturePayment', { orderId })
const release = send(payment, paymentId, 'VoidPayment', { orderId })
const recordCapture = send(gigOrder, orderId, 'RecordGigOrderCapture', { paymentId })
const recordNoCapture = send(gigOrder, orderId, 'RecordGigOrderNotCaptured', {
  reason: 'payment_not_captured',
})
const overdueAfter = (delivery: number) =>
  after(3 * day, send(gigOrder, orderId, 'MarkGigOrderOverdue', { delivery }))
const told = (side: 'buyer' | 'seller', type: string, ...cause: readonly string[]) =>
  (['in_app', 'email'] as const).map((channel) => ({
    to: notification.name,
    id: notificationIdOf(orderId, type, channel, side, ...cause),
    command: {
      type: 'RequestNotification',
      data: { userId: side === 'buyer' ? userId : sellerId, orderId, channel, type },
    },
  }))

const run = reacting(gigFulfilment({ orderTimeout: minutes(15) }))
const inWork = [placed, authorised, started] as const

describe('an order of a gig', () => {
  test('has its money held, for a limited time', () =>
    expect(run.given().on(placed)).toMatchObject({
      steps: [
        send(payment, paymentId, 'AuthorisePayment', {
          orderId,
          userId,
          amount: price,
          token: 'tok_ok',
        }),
        after(
          minutes(15),
          send(gigOrder, orderId, 'AbandonGigOrder', { reason: 'payment_timeout' }),
        ),
      ],
      ended: false,
    }))

  test('starts once it is held, and the seller is notified', () => {
    expect(run.given(placed).on(authorised).steps).toEqual([
      send(gigOrder, orderId, 'StartGigOrder', { paymentId }),
    ])
    expect(run.given(placed, authorised).on(started).steps).toMatchObject([
      ...told('seller', 'gig_ordered'),
      overdueAfter(0),
    ])
  })

  test.each([
    ['card_declined', 'payment_declined'],
    ['provider_unavailable', 'payment_unavailable'],
  ])('is cancelled when the money is not held: %s', (reason, because) =>
    expect(run.given(placed).on(paying('PaymentAuthorisationFailed', { reason })).steps).toEqual([
      send(gigOrder, orderId, 'AbandonGigOrder', { reason: because }),
    ]),
  )

  test('is accepted after three days of silence, and the buyer is notified of the delivery', () =>
    expect(run.given(...inWork).on(delivered).steps).toMatchObject([
      ...told('buyer', 'gig_delivered', '1'),
      after(3 * day, send(gigOrder, orderId, 'CompleteGigOrder', { delivery: 1 })),
    ]))

  test('is delivered again after a revision, of which the seller is notified', () =>
    expect(run.given(...inWork, delivered).on(revised).steps).toMatchObject([
      ...told('seller', 'gig_revision_requested', '1'),
      overdueAfter(1),
    ]))

  test('has its money taken once it is accepted, and is completed then', () => {
    const past = [...inWork, delivered]
    expect(run.given(...past).on(accepted).steps).toEqual([capture])
    expect(run.given(...past, accepted).on(captured).steps).toEqual([recordCapture])
    expect(run.given(...past, accepted, captured).on(completed)).toMatchObject({
      steps: told('seller', 'gig_completed'),
      ended: true,
    })
  })

  test('that is completed by silence notifies the buyer, too', () => {
    const silent = ordering('GigOrderAccepted', { by: 'gigFulfilment', silent: true })
    expect(run.given(...inWork, delivered, silent, captured).on(completed).steps).toMatchObject([
      ...told('seller', 'gig_completed'),
      ...told('buyer', 'gig_accepted'),
    ])
  })

  test('whose money was taken early is completed without a second request', () =>
    expect(run.given(...inWork, captured, delivered).on(accepted).steps).toEqual([recordCapture]))

  test('is cancelled when the money cannot be taken', () => {
    const past = [...inWork, delivered, accepted]
    const failed = paying('PaymentCaptureFailed', { reason: 'expired' })
    expect(run.given(...past).on(failed).steps).toEqual([recordNoCapture])
    expect(run.given(...past).on(refusalOf(capture, 'NotAuthorised')).steps).toEqual([
      recordNoCapture,
    ])
  })

  test('that is overdue notifies the buyer', () =>
    expect(
      run.given(...inWork).on(ordering('GigOrderOverdue', { delivery: 0 })).steps,
    ).toMatchObject(told('buyer', 'gig_overdue', '0')))
})

describe('a cancelled order', () => {
  test('releases the money and notifies both, except for the one who has cancelled', () => {
    const news = { buyer: told('buyer', 'gig_cancelled'), seller: told('seller', 'gig_cancelled') }
    const steps = (by: string, past: readonly (typeof placed | typeof authorised)[]) =>
      run.given(...past).on(cancelled('x', by))
    expect(steps('root', inWork)).toMatchObject({
      steps: [release, ...news.buyer, ...news.seller],
      ended: true,
    })
    expect(steps(userId, inWork).steps).toMatchObject([release, ...news.seller])
    expect(steps(sellerId, inWork).steps).toMatchObject([release, ...news.buyer])
    expect(steps('gigFulfilment', [placed])).toMatchObject({
      steps: [release, ...news.buyer],
      ended: true,
    })
  })

  test('is proposed to the other party, again after a further step', () => {
    const proposed = (side: string) =>
      ordering('GigOrderCancellationProposed', { side, personId: userId })
    const type = 'gig_cancellation_proposed'
    expect(run.given(...inWork).on(proposed('buyer')).steps).toMatchObject(
      told('seller', type, '0'),
    )
    expect(run.given(...inWork, delivered, revised).on(proposed('seller')).steps).toMatchObject(
      told('buyer', type, '2'),
    )
  })
})

test('a party that has left gets no notifications', () => {
  expect(run.given(...inWork, left('seller')).on(cancelled('seller_left')).steps).toMatchObject([
    release,
    ...told('buyer', 'gig_cancelled'),
  ])
  expect(run.given(...inWork, left('buyer')).on(cancelled('buyer_left')).steps).toMatchObject([
    release,
    ...told('seller', 'gig_cancelled'),
  ])
})

test('events before the placing, and repetitions, change nothing', () => {
  const all = [authorised, started, delivered, revised, accepted, captured, completed]
  for (const event of [...all, cancelled('x'), left('buyer')])
    expect(run.given().on(event)).toMatchObject({ state: { phase: 'waiting' }, steps: [] })
  expect(run.given(placed).on(placed).steps).toEqual([])
  expect(run.given(...inWork).on(authorised).steps).toEqual([])
  expect(run.given(...inWork).on(started).steps).toEqual([])
})
