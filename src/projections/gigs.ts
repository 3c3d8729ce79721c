import { Type, type Static } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { gig, GigDetails, GigStatus, termsOf } from '../domains/gigs/language.ts'
import { gigOrder } from '../domains/ordering/language.ts'
import { review } from '../domains/reviews/language.ts'
import { GigId, RecordedMoney, UserId } from '../domains/shared/index.ts'
import { counted, gigKeyOf, newcomer, OrderCounts } from './gig-standing.ts'
import { rated, Rating } from './rating.ts'

const Gig = Fields({
  id: GigId,
  /** The seller, whose names answers take from `profiles`: one change of a name would rewrite all gigs of its owner. */
  sellerId: UserId,
  ...GigDetails.properties,
  status: GigStatus,
  /** Price of the cheapest package. */
  from: RecordedMoney,
  /** Delivery days of the quickest package. */
  deliveryDays: Type.Integer({ minimum: 1 }),
  rating: Rating,
  orders: OrderCounts,
  /** Status before the seller was suspended; it is paused meanwhile. */
  suspended: Type.Optional(Type.Enum(['PUBLISHED', 'PAUSED'])),
  /** Revision of its stream, for `If-Match`. */
  revision: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
type Gig = Static<typeof Gig>

/** Gigs of all sellers, drafts and paused ones as well, with rating and numbers of orders. */
export const gigs = projection({
  name: 'gigs',
  version: 4,
  store: 'mongo',
  within: 1_000,
  document: Gig,
  from: [gig, review, gigOrder],
  key: gigKeyOf,
  beginsWith: [gig],
  indexes: [
    ['status', 'createdAt'],
    ['status', 'category', 'createdAt'],
    ['sellerId', 'createdAt'],
  ],
}).rules({
  GigCreated: (_, { id, at, revision, data }) => ({
    id,
    ...data,
    status: 'DRAFT',
    ...termsOf(data.packages),
    ...newcomer,
    revision,
    createdAt: at,
    updatedAt: at,
  }),
  GigUpdated: (document, { at, revision, data: changes }) =>
    document && {
      ...document,
      ...changes,
      ...(changes.packages && termsOf(changes.packages)),
      revision,
      updatedAt: at,
    },
  GigPublished: (document, { at, revision }) => moved(document, 'PUBLISHED', at, revision),
  GigPaused: (document, { at, revision }) => moved(document, 'PAUSED', at, revision),
  GigSuspended: (document, { at, revision }) => {
    if (!document || document.status === 'DRAFT') return document
    const { status: suspended } = document
    return { ...document, status: 'PAUSED', suspended, revision, updatedAt: at }
  },
  GigResumed: (document, { at, revision }) => {
    if (!document?.suspended) return document
    const { suspended: status, ...gig } = document
    return { ...gig, status, revision, updatedAt: at }
  },
  GigMediaChanged: (document, { revision }) => document && { ...document, revision },
  GigDeleted: () => undefined,
  GigOrderStarted: (document, event) =>
    document && { ...document, orders: counted(document.orders, event) },
  GigOrderCompleted: (document, event) =>
    document && { ...document, orders: counted(document.orders, event) },
  GigOrderCancelled: (document, event) =>
    document && { ...document, orders: counted(document.orders, event) },
  ReviewCreated: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewUpdated: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewRevealed: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewDeleted: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
})

const moved = (
  document: Gig | undefined,
  status: GigStatus,
  updatedAt: string,
  revision: number,
): Gig | undefined => document && { ...document, status, revision, updatedAt }
