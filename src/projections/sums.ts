import { Type } from 'typebox'
import { Fields, projection, sum, type Amounts, type AnySum } from '#kernel'
import { stock } from '../domains/inventory/language.ts'
import { payment } from '../domains/payments/language.ts'
import { comment, like } from '../domains/posts/language.ts'
import { follow } from '../domains/profiles/language.ts'
import { RecordedMoney, type Money } from '../domains/shared/index.ts'
import { inventory } from './inventory.ts'
import { payments } from './payments.ts'
import { posts } from './posts.ts'
import { profiles } from './profiles.ts'

const Pieces = Fields({ reserved: Type.Integer() })
const Likes = Fields({ likes: Type.Integer(), comments: Type.Integer() })
const Follows = Fields({ followers: Type.Integer(), following: Type.Integer() })
const Paid = Fields({
  amount: RecordedMoney,
  isCompleted: Type.Boolean(),
  refunds: Type.Array(RecordedMoney),
})

/** Pieces that orders hold: reserved, and neither released nor committed. */
const reservedPieces = projection({
  name: 'sum_reserved_pieces',
  store: 'postgres',
  within: 60_000,
  document: Pieces,
  from: [stock],
  key: 'id',
}).rules({
  StockReserved: (held, { data }) => ({ reserved: (held?.reserved ?? 0) + data.quantity }),
  StockReservationReleased: (held, { data }) => ({
    reserved: (held?.reserved ?? 0) - data.quantity,
  }),
  StockCommitted: (held, { data }) => ({ reserved: (held?.reserved ?? 0) - data.quantity }),
})

/** Streams of likes and comments of a post that have begun and not ended. */
const countsOfPosts = projection({
  name: 'sum_counts_of_posts',
  store: 'postgres',
  within: 60_000,
  document: Likes,
  from: [like, comment],
  key: ({ data }) => data.postId,
}).rules({
  PostLiked: (counts) => ({ likes: (counts?.likes ?? 0) + 1, comments: counts?.comments ?? 0 }),
  PostUnliked: (counts) => ({ likes: (counts?.likes ?? 0) - 1, comments: counts?.comments ?? 0 }),
  CommentCreated: (counts) => ({
    likes: counts?.likes ?? 0,
    comments: (counts?.comments ?? 0) + 1,
  }),
  CommentDeleted: (counts) => ({
    likes: counts?.likes ?? 0,
    comments: (counts?.comments ?? 0) - 1,
  }),
})

const followed =
  (by: 1 | -1) =>
  (
    counts: { readonly followers: number; readonly following: number } | undefined,
    { data }: { readonly data: { readonly followeeId: string } },
    key: string,
  ) => {
    const { followers = 0, following = 0 } = counts ?? {}
    return key === data.followeeId
      ? { followers: followers + by, following }
      : { followers, following: following + by }
  }

/** Streams of follows that have begun and not ended. */
const countsOfFollows = projection({
  name: 'sum_counts_of_follows',
  store: 'postgres',
  within: 60_000,
  document: Follows,
  from: [follow],
  key: ({ data: { followerId, followeeId } }) => [followerId, followeeId],
}).rules({ UserFollowed: followed(1), UserUnfollowed: followed(-1) })

/** Returns a payment that is not completed, or not any more. */
const open = <P extends { readonly isCompleted: boolean }>(paid: P | undefined): P | undefined =>
  paid && { ...paid, isCompleted: false }

const completed = <P extends { readonly isCompleted: boolean }>(
  paid: P | undefined,
): P | undefined => paid && { ...paid, isCompleted: true }

/** Money that was taken, and money that went back. */
const money = projection({
  name: 'sum_money',
  store: 'postgres',
  within: 60_000,
  document: Paid,
  from: [payment],
  key: 'id',
}).rules({
  PaymentInitiated: (paid, { data: { amount } }) => ({
    amount,
    isCompleted: false,
    refunds: paid?.refunds ?? [],
  }),
  PaymentAuthorisationRequested: (paid, { data: { amount } }) => ({
    amount,
    isCompleted: false,
    refunds: paid?.refunds ?? [],
  }),
  PaymentCompleted: completed,
  PaymentCaptured: completed,
  PaymentFailed: open,
  PaymentVoided: open,
  PaymentRefundRequested: open,
  PaymentRefunded: (paid, { data: { amount } }) =>
    paid && { ...paid, isCompleted: false, refunds: [...paid.refunds, amount ?? paid.amount] },
  PaymentRefundFailed: open,
})

/** Amounts of money by currency, in minor units. */
const byCurrency = (kind: string, all: readonly Money[]): Amounts => {
  const amounts: Record<string, number> = {}
  for (const { amount, currency } of all)
    amounts[`${kind} ${currency}`] = (amounts[`${kind} ${currency}`] ?? 0) + amount
  return amounts
}

/** Sums that read models must have in common with the log (decision 092). */
export const sums: readonly AnySum[] = [
  sum({
    name: 'reserved pieces',
    of: inventory,
    ledger: reservedPieces,
    inDocument: ({ reserved, quantity, available }) => ({
      reserved,
      // Always 0 in the ledger.
      'neither reserved nor available': quantity - reserved - available,
    }),
    inLedger: (counted) => counted,
  }),
  sum({
    name: 'money by currency',
    of: payments,
    ledger: money,
    inDocument: ({ amount, status, refunded }) => ({
      ...byCurrency('paid', status === 'COMPLETED' ? [amount] : []),
      ...byCurrency('refunded', refunded ? [refunded] : []),
    }),
    inLedger: ({ amount, isCompleted, refunds }) => ({
      ...byCurrency('paid', isCompleted ? [amount] : []),
      ...byCurrency('refunded', refunds),
    }),
  }),
  sum({
    name: 'likes and comments',
    of: posts,
    ledger: countsOfPosts,
    inDocument: ({ likeCount, commentCount }) => ({ likes: likeCount, comments: commentCount }),
    inLedger: (counted) => counted,
  }),
  sum({
    name: 'follows',
    of: profiles,
    ledger: countsOfFollows,
    inDocument: ({ followers, following }) => ({ followers, following }),
    inLedger: (counted) => counted,
  }),
]
