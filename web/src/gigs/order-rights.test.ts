import { describe, expect, test } from 'vitest'
import { rightsOf, sideOf, type Order } from './order-rights.ts'

const now = Date.parse('2030-01-02T00:00:00Z')

const order = (
  status: Order['status'],
  work: Partial<NonNullable<Order['work']>> = {},
): Pick<Order, 'status' | 'work'> => ({
  status,
  work: { deliveryDays: 3, revisions: 1, revisionsLeft: 1, deliveries: [], requests: [], ...work },
})

const cancellation = (proposedBy: 'buyer' | 'seller') => ({
  cancellation: { proposedBy, personId: 'one', at: '2030-01-01T00:00:00Z' },
})

describe('in an order of a gig', () => {
  test('buyer and seller are known, others have no side', () => {
    const parties = { userId: 'ben', sellerId: 'ada' }
    expect(sideOf(parties, { userId: 'ben' })).toBe('buyer')
    expect(sideOf(parties, { userId: 'ada' })).toBe('seller')
    expect(sideOf(parties, { userId: 'eve' })).toBeUndefined()
    expect(sideOf(parties, undefined)).toBeUndefined()
  })

  test('the seller delivers while it is in work, the buyer answers a delivery', () => {
    expect(rightsOf(order('IN_PROGRESS'), 'seller', now).deliver).toBe(true)
    expect(rightsOf(order('IN_PROGRESS'), 'buyer', now).deliver).toBe(false)
    expect(rightsOf(order('DELIVERED'), 'seller', now).accept).toBe(false)
    expect(rightsOf(order('DELIVERED'), 'buyer', now)).toMatchObject({
      accept: true,
      requestRevision: true,
    })
  })

  test('an accepted delivery has its answer, and used revisions are gone', () => {
    const accepted = order('DELIVERED', { acceptedAt: '2030-01-01T00:00:00Z' })
    expect(rightsOf(accepted, 'buyer', now)).toMatchObject({
      accept: false,
      requestRevision: false,
      cancel: undefined,
    })
    const used = order('DELIVERED', { revisionsLeft: 0 })
    expect(rightsOf(used, 'buyer', now)).toMatchObject({ accept: true, requestRevision: false })
  })

  test('cancelling is proposed, agreed to by the other side, and not proposed twice', () => {
    expect(rightsOf(order('IN_PROGRESS'), 'buyer', now).cancel).toBe('propose')
    const proposed = order('DELIVERED', cancellation('seller'))
    expect(rightsOf(proposed, 'buyer', now).cancel).toBe('agree')
    expect(rightsOf(proposed, 'seller', now).cancel).toBeUndefined()
  })

  test('both sides cancel before the work, and the buyer when it is late', () => {
    expect(rightsOf(order('PENDING'), 'seller', now).cancel).toBe('now')
    const late = order('IN_REVISION', { dueAt: '2030-01-01T00:00:00Z' })
    expect(rightsOf(late, 'buyer', now).cancel).toBe('now')
    expect(rightsOf(late, 'seller', now).cancel).toBe('propose')
  })

  test('nothing is cancelled once it has ended, and parties alone review', () => {
    const done = order('COMPLETED')
    expect(rightsOf(done, 'buyer', now)).toMatchObject({ cancel: undefined, review: true })
    expect(rightsOf(done, undefined, now).review).toBe(false)
    expect(rightsOf(order('CANCELLED'), 'buyer', now).review).toBe(false)
  })
})
