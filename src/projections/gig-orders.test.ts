import { describe, expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, recorded } from '#kernel/testing'
import { gig } from '../domains/gigs/language.ts'
import { gigOrder } from '../domains/ordering/language.ts'
import { payment, paymentIdOf } from '../domains/payments/language.ts'
import { GigId, OrderId, RefundId, UserId } from '../domains/shared/index.ts'
import { earnings } from './earnings.ts'
import { gigs } from './gigs.ts'
import { orderItems } from './order-items.ts'
import { orders } from './orders.ts'
import { searchOrders } from './search-orders.ts'

const id = derivedId(OrderId, 'order')
const paymentId = paymentIdOf(id)
const [userId, sellerId] = [derivedId(UserId, 'bob'), derivedId(UserId, 'ada')]
const gigId = derivedId(GigId, 'logo')
const price = { amount: 5_000, currency: 'EUR' }
const sale = { userId, sellerId, gigId, price }
const [january, february] = ['2030-01-31T20:00:00.000Z', '2030-02-01T08:00:00.000Z']
const dueAt = '2030-02-03T20:00:00.000Z'

let revision = -1
const happened = (type: string, data: object = {}, at = january) =>
  recorded(streamOf(gigOrder, id), { type, data }, { at, revision: (revision += 1) })
const paying = (type: string, data: object = {}, at = january) =>
  recorded(streamOf(payment, paymentId), { type, data: { orderId: id, ...data } }, { at })

const receipt = { provider: 'simulator', providerRef: 'au_1' }
const placed = happened('GigOrderPlaced', {
  ...sale,
  deliveryDays: 3,
  revisions: 1,
  requirements: 'In blue',
  paymentToken: 'tok_ok',
})
const described = happened('GigOrderTermsRecorded', { sellerId, title: 'A logo', package: 'Basic' })
const bill = { userId, amount: price, token: 'tok_ok', attempt: 1 }
const asked = paying('PaymentAuthorisationRequested', bill)
const authorised = paying('PaymentAuthorised', receipt)
const started = happened('GigOrderStarted', { ...sale, paymentId, startedAt: january, dueAt })
const delivery = (number: number) =>
  happened('GigOrderDelivered', { sellerId, delivery: number, message: 'Here', mediaIds: [] })
const delivered = delivery(1)
const revised = happened('GigOrderRevisionRequested', {
  userId,
  delivery: 1,
  message: 'Bluer',
  dueAt,
})
const overdue = happened('GigOrderOverdue', { delivery: 1 })
const proposed = happened('GigOrderCancellationProposed', {
  side: 'buyer',
  personId: userId,
  words: 'Too late',
})
const again = delivery(2)
const accepted = happened('GigOrderAccepted', { by: userId }, february)
const captured = paying('PaymentCaptured', receipt, february)
const completed = happened('GigOrderCompleted', { ...sale, heldSince: january }, february)
const cancelled = (more: object = { heldSince: january }) =>
  happened('GigOrderCancelled', { ...sale, reason: 'overdue', by: userId, ...more }, february)
const left = (side: string) => happened('GigOrderPartyLeft', { side }, february)
const refundId = derivedId(RefundId, 'refund')
const refundAsked = happened(
  'GigOrderRefundRequested',
  { refundId, amount: price, reason: 'late' },
  february,
)
const refunded = happened(
  'GigOrderRefunded',
  { ...sale, refundId, amount: price, refunded: price, status: 'REFUNDED' },
  '2030-03-01T00:00:00.000Z',
)
const inWork = [placed, described, asked, authorised, started] as const

describe('an order of a gig in `orders`', () => {
  const into = (...events: Parameters<typeof folding> extends [unknown, ...infer E] ? E : never) =>
    folding(orders, ...events).into(id)

  test('has its parties, the package and the requirements, and not the card', () => {
    expect(into(placed, described)).toEqual({
      id,
      userId,
      sellerId,
      status: 'PENDING',
      items: [{ kind: 'gig', refId: gigId, quantity: 1, name: 'A logo', package: 'Basic', price }],
      total: price,
      work: {
        deliveryDays: 3,
        revisions: 1,
        revisionsLeft: 1,
        requirements: 'In blue',
        deliveries: [],
        requests: [],
      },
      revision: described.revision,
      createdAt: january,
      updatedAt: january,
    })
  })

  test('follows its payment', () => {
    const statusOf = (...more: Parameters<typeof into>) =>
      into(placed, described, asked, ...more)?.payment
    expect(statusOf()).toEqual({ id: paymentId, status: 'PENDING' })
    expect(statusOf(authorised)?.status).toBe('AUTHORIZED')
    const failed = paying('PaymentAuthorisationFailed', { reason: 'card_declined' })
    expect(statusOf(failed, paying('PaymentVoided'))?.status).toBe('FAILED')
    expect(statusOf(authorised, paying('PaymentVoided'))?.status).toBe('VOIDED')
    expect(statusOf(authorised, captured)?.status).toBe('COMPLETED')
    expect(statusOf(authorised, paying('PaymentCaptureFailed', { reason: 'x' }))?.status).toBe(
      'FAILED',
    )
  })

  test('has its deliveries and revisions', () => {
    expect(into(...inWork)).toMatchObject({ status: 'IN_PROGRESS', work: { dueAt } })
    const atHand = into(...inWork, delivered)
    expect(atHand?.status).toBe('DELIVERED')
    expect(atHand?.work).not.toHaveProperty('dueAt')
    expect(into(...inWork, delivered, revised)).toMatchObject({
      status: 'IN_REVISION',
      work: { dueAt, revisionsLeft: 0, requests: [{ delivery: 1, message: 'Bluer', at: january }] },
    })
    const late = into(...inWork, delivered, revised, overdue, proposed)
    expect(late?.work).toMatchObject({
      overdue: true,
      cancellation: { proposedBy: 'buyer', personId: userId, words: 'Too late' },
    })
    const { work } = into(...inWork, delivered, revised, overdue, proposed, again) ?? {}
    expect(work?.deliveries.map(({ number }) => number)).toEqual([1, 2])
    expect(work).not.toHaveProperty('overdue')
    expect(work).not.toHaveProperty('cancellation')
  })

  test('is completed once its money is taken', () => {
    const past = [...inWork, delivered, accepted, captured] as const
    expect(into(...past)).toMatchObject({ status: 'DELIVERED', work: { acceptedAt: february } })
    expect(into(...past, completed)).toMatchObject({
      status: 'COMPLETED',
      payment: { status: 'COMPLETED' },
      revision: completed.revision,
    })
    const back = into(...past, completed, refundAsked, refunded)
    expect(back).toMatchObject({
      status: 'REFUNDED',
      refunded: price,
      refunds: [{ id: refundId, status: 'DONE', amount: price, reason: 'late' }],
    })
    const failed = happened('GigOrderRefundFailed', { refundId, reason: 'closed' })
    expect(into(...past, completed, refundAsked, failed)).toMatchObject({
      status: 'COMPLETED',
      refunds: [{ status: 'FAILED', reason: 'closed' }],
    })
  })

  test('has the reason of its cancellation, and the words', () => {
    expect(into(...inWork, cancelled())).toMatchObject({ status: 'CANCELLED', reason: 'overdue' })
    const said = cancelled({ personId: sellerId, words: 'I am ill' })
    expect(into(...inWork, proposed, said)?.work?.cancellation).toEqual({
      personId: sellerId,
      words: 'I am ill',
      at: february,
    })
  })

  test('loses the words of a party who has left, and no others', () => {
    const past = [...inWork, delivered, revised, proposed] as const
    const ofSeller = into(...past, left('buyer'))
    expect(JSON.stringify(ofSeller)).not.toMatch(/In blue|Bluer|Too late/)
    expect(ofSeller).toMatchObject({
      items: [{ name: 'A logo', package: 'Basic' }],
      work: { deliveries: [{ message: 'Here' }] },
    })
    const ofBuyer = into(...past, left('seller'))
    expect(JSON.stringify(ofBuyer)).not.toMatch(/A logo|Basic|Here/)
    expect(ofBuyer?.work).toMatchObject({
      requirements: 'In blue',
      requests: [{ message: 'Bluer' }],
      cancellation: { words: 'Too late' },
    })
  })
})

describe('an order of a gig in other read models', () => {
  test('is found by the title of the gig, until its seller has left', () => {
    const found = folding(searchOrders, placed, described).into(id)
    expect(found).toMatchObject({ itemNames: 'A logo', sellerId, status: 'PENDING' })
    const past = [placed, described, started, delivered, revised, again] as const
    const statusOf = (...events: typeof past | readonly (typeof placed)[]) =>
      folding(searchOrders, ...events).into(id)?.status
    expect(statusOf(...past.slice(0, 3))).toBe('IN_PROGRESS')
    expect(statusOf(...past.slice(0, 4))).toBe('DELIVERED')
    expect(statusOf(...past.slice(0, 5))).toBe('IN_REVISION')
    expect(statusOf(...past, completed)).toBe('COMPLETED')
    expect(statusOf(...past, completed, refunded)).toBe('REFUNDED')
    expect(statusOf(...past, cancelled())).toBe('CANCELLED')
    const gone = folding(searchOrders, ...past, left('seller')).into(id)
    expect(JSON.stringify(gone)).not.toMatch(/A logo|Basic/)
    expect(folding(searchOrders, ...past, left('buyer')).into(id)?.itemNames).toBe('A logo')
  })

  test('is one line of `order_items`', () => {
    const line = { id: `${id}-0`, orderId: id, gigId, kind: 'gig', name: 'A logo', price }
    const one = folding(orderItems, placed, described).into(`${id}-0`)
    expect(one).toMatchObject({ ...line, package: 'Basic', quantity: 1 })
    const gone = folding(orderItems, placed, described, left('seller')).into(`${id}-0`)
    expect(gone?.name).toBe('forgotten')
  })

  test('is counted by its gig while it is active, and once it is completed', () => {
    const offered = {
      sellerId,
      title: 'A logo',
      description: 'Drawn',
      category: 'design',
      tags: [],
      mediaIds: [],
      packages: [{ name: 'Basic', description: 'x', price, deliveryDays: 3, revisions: 1 }],
    }
    const created = recorded(streamOf(gig, gigId), { type: 'GigCreated', data: offered })
    const countOf = (...events: readonly (typeof placed)[]) =>
      folding(gigs, created, ...events).into(gigId)?.orders
    expect(countOf(placed)).toEqual({ active: 0, completed: 0 })
    expect(countOf(placed, started)).toEqual({ active: 1, completed: 0 })
    expect(countOf(placed, started, completed)).toEqual({ active: 0, completed: 1 })
    expect(countOf(placed, started, cancelled())).toEqual({ active: 0, completed: 0 })
    expect(countOf(started, cancelled({}))).toEqual({ active: 1, completed: 0 })
  })

  test('is counted in the earnings of the months of its start, acceptance and refund', () => {
    const monthOf = (month: string, ...events: readonly (typeof placed)[]) => {
      const found = folding(earnings, ...events).into(`${sellerId}-${month}-EUR`)
      return found && [found.held.amount, found.captured.amount, found.refunded.amount]
    }
    expect(monthOf('2030-01', placed, started)).toEqual([5_000, 0, 0])
    expect(monthOf('2030-01', placed, started, cancelled())).toEqual([0, 0, 0])
    expect(monthOf('2030-01', placed, cancelled({}))).toBeUndefined()
    const past = [placed, started, completed, refunded] as const
    expect(monthOf('2030-01', ...past)).toEqual([0, 0, 0])
    expect(monthOf('2030-02', ...past)).toEqual([0, 5_000, 0])
    expect(monthOf('2030-03', ...past)).toEqual([0, 0, 5_000])
    const { at: _, ...sameMonth } = completed
    const within = { ...sameMonth, at: january }
    expect(monthOf('2030-01', placed, started, within)).toEqual([0, 5_000, 0])
    expect(folding(earnings, started).into(`${sellerId}-2030-01-EUR`)).toMatchObject({
      sellerId,
      month: '2030-01',
      currency: 'EUR',
    })
  })
})
