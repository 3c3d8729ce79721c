import { expect, test } from 'vitest'
import { documentOf, isSameAmounts, type AnySum, type RecordedEvent } from '#kernel'
import { recorded } from '#kernel/testing'
import { sums } from './sums.ts'

const named = (name: string): AnySum => {
  const found = sums.find((one) => one.name === name)
  if (!found) throw new Error(`There is no sum ${name}`)
  return found
}

/** The amounts in the document, which must be those in the ledger, of a key that events concern in turn. */
const amountsOf = (name: string, key: string, ...events: readonly RecordedEvent[]) => {
  const { of, ledger, inDocument, inLedger } = named(name)
  const document = documentOf(of, events, key)
  const counted = documentOf(ledger, events, key)
  const amounts = inDocument(document as never)
  const inLog = counted === undefined ? {} : inLedger(counted as never)
  expect([amounts, inLog, isSameAmounts(amounts, inLog)]).toEqual([amounts, inLog, true])
  return amounts
}

const at = '2030-01-01T00:00:00.000Z'

test('pieces that orders hold', () => {
  const stocked = (type: string, data: object) => recorded('stock-lamp', { type, data })
  expect(
    amountsOf(
      'reserved pieces',
      'lamp',
      stocked('StockInitialized', { quantity: 10 }),
      stocked('StockReserved', { orderId: 'a', quantity: 3 }),
      stocked('StockReserved', { orderId: 'b', quantity: 2 }),
      stocked('StockReserved', { orderId: 'c', quantity: 1 }),
      stocked('StockReservationReleased', { orderId: 'a', quantity: 3 }),
      stocked('StockCommitted', { orderId: 'b', quantity: 2 }),
      stocked('StockReturned', { orderId: 'b', cause: 'b', quantity: 2 }),
      stocked('StockAdjusted', { quantity: 20, delta: 10, reason: 'counted' }),
    ),
  ).toMatchObject({ reserved: 1, 'neither reserved nor available': 0 })
})

test('money that was paid, and went back', () => {
  const eur = (amount: number) => ({ amount, currency: 'EUR' })
  const paid = (type: string, data: object) =>
    recorded('payment-one', { type, data: { orderId: 'o', ...data } })
  const receipt = { provider: 'p', providerRef: 'r' }
  const initiated = paid('PaymentInitiated', { userId: 'u', amount: eur(500), attempt: 1 })
  const completed = paid('PaymentCompleted', receipt)
  const asked = (amount: number) =>
    paid('PaymentRefundRequested', { amount: eur(amount), ...receipt })
  expect(amountsOf('money by currency', 'one', initiated)).toEqual({})
  expect(amountsOf('money by currency', 'one', initiated, completed)).toEqual({ 'paid EUR': 500 })
  expect(
    amountsOf(
      'money by currency',
      'one',
      paid('PaymentAuthorisationRequested', { userId: 'u', amount: eur(500), attempt: 1 }),
      paid('PaymentAuthorised', receipt),
      paid('PaymentCaptured', receipt),
    ),
  ).toEqual({ 'paid EUR': 500 })
  expect(
    amountsOf(
      'money by currency',
      'one',
      initiated,
      completed,
      asked(100),
      paid('PaymentRefunded', { amount: eur(100) }),
      asked(50),
      paid('PaymentRefundFailed', { amount: eur(50), reason: 'no' }),
      asked(50),
      paid('PaymentRefunded', { amount: eur(50) }),
    ),
  ).toEqual({ 'refunded EUR': 150 })
  // An older event names no amount: all went back.
  expect(
    amountsOf(
      'money by currency',
      'one',
      initiated,
      completed,
      asked(500),
      paid('PaymentRefunded', {}),
    ),
  ).toEqual({ 'refunded EUR': 500 })
  expect(
    amountsOf('money by currency', 'one', initiated, completed, paid('PaymentVoided', {})),
  ).toEqual({})
  expect(
    amountsOf('money by currency', 'one', initiated, paid('PaymentFailed', { reason: 'no' })),
  ).toEqual({})
})

test('likes and comments of a post', () => {
  const of = (stream: string, type: string, data: object = {}) =>
    recorded(stream, { type, data: { postId: 'post', userId: 'u', ...data } })
  expect(
    amountsOf(
      'likes and comments',
      'post',
      recorded('post-post', {
        type: 'PostCreated',
        data: { userId: 'u', mediaIds: [], tags: [], mentions: [], createdAt: at },
      }),
      of('like-1', 'PostLiked'),
      of('like-2', 'PostLiked'),
      of('like-1', 'PostUnliked'),
      of('comment-1', 'CommentCreated', { mentions: [], createdAt: at }),
      of('comment-2', 'CommentCreated', { mentions: [], createdAt: at }),
      of('comment-1', 'CommentDeleted'),
    ),
  ).toEqual({ likes: 1, comments: 1 })
})

test('followers, and those who are followed', () => {
  const follow = (type: string, followerId: string, followeeId: string) =>
    recorded(`follow-${followerId}${followeeId}`, { type, data: { followerId, followeeId } })
  const registered = recorded('account-ada', {
    type: 'UserRegistered',
    data: { email: 'a', username: 'ada', passwordHash: 'x' },
  })
  expect(
    amountsOf(
      'follows',
      'ada',
      registered,
      follow('UserFollowed', 'ada', 'ben'),
      follow('UserFollowed', 'ben', 'ada'),
      follow('UserFollowed', 'cem', 'ada'),
      follow('UserUnfollowed', 'ben', 'ada'),
    ),
  ).toEqual({ followers: 1, following: 1 })
})
