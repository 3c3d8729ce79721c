import { Type } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { gig, GigDetails, GigStatus, termsOf } from '../domains/gigs/language.ts'
import { review } from '../domains/reviews/language.ts'
import { GigId, RecordedMoney, UserId } from '../domains/shared/index.ts'
import { newcomer } from './gig-standing.ts'
import { rated, Rating, ratedSubject } from './rating.ts'

const { title, description, category, tags, mediaIds } = GigDetails.properties

/** Gigs, searched by title, tags and description. Searches find published ones only. */
export const searchGigs = projection({
  name: 'search_gigs',
  version: 3,
  store: 'elasticsearch',
  within: 5_000,
  document: Fields({
    id: GigId,
    sellerId: UserId,
    title,
    description,
    category,
    tags,
    /** The tags, a line for each. */
    tagLines: personal(Type.String()),
    mediaIds,
    status: GigStatus,
    /** Price of the cheapest package. */
    from: RecordedMoney,
    /** Delivery days of the quickest package. */
    deliveryDays: Type.Integer({ minimum: 1 }),
    /** Status before the seller was suspended; it is paused meanwhile. */
    suspended: Type.Optional(Type.Enum(['PUBLISHED', 'PAUSED'])),
    rating: Rating,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [gig, review],
  key: (event) => ratedSubject(event, 'gig'),
  beginsWith: [gig],
  search: {
    fields: ['title', 'tagLines', 'description'],
    newest: 'createdAt',
    facets: {
      category: { field: 'category' },
      /** In minor units. */
      price: {
        field: 'from.amount',
        ranges: [
          { to: 1_000 },
          { from: 1_000, to: 2_500 },
          { from: 2_500, to: 5_000 },
          { from: 5_000, to: 10_000 },
          { from: 10_000, to: 50_000 },
          { from: 50_000 },
        ],
      },
      deliveryDays: {
        field: 'deliveryDays',
        ranges: [{ to: 2 }, { from: 2, to: 4 }, { from: 4, to: 8 }, { from: 8 }],
      },
      /** The first range: without a rating. */
      rating: {
        field: 'rating.average',
        ranges: [
          { to: 1 },
          { from: 1, to: 2 },
          { from: 2, to: 3 },
          { from: 3, to: 4 },
          { from: 4 },
        ],
      },
    },
  },
}).rules({
  GigCreated: (_, { id, at, data: { packages, ...details } }) => ({
    id,
    ...details,
    tagLines: linesOf(details.tags),
    status: 'DRAFT',
    ...termsOf(packages),
    rating: newcomer.rating,
    createdAt: at,
    updatedAt: at,
  }),
  GigUpdated: (document, { at, data: { packages, ...changes } }) =>
    document && {
      ...document,
      ...changes,
      ...(changes.tags && { tagLines: linesOf(changes.tags) }),
      ...(packages && termsOf(packages)),
      updatedAt: at,
    },
  GigPublished: (document, { at }) =>
    document && { ...document, status: 'PUBLISHED', updatedAt: at },
  GigPaused: (document, { at }) => document && { ...document, status: 'PAUSED', updatedAt: at },
  GigSuspended: (document, { at }) => {
    if (!document || document.status === 'DRAFT') return document
    return { ...document, status: 'PAUSED', suspended: document.status, updatedAt: at }
  },
  GigResumed: (document, { at }) => {
    if (!document?.suspended) return document
    const { suspended: status, ...gig } = document
    return { ...gig, status, updatedAt: at }
  },
  GigDeleted: () => undefined,
  ReviewCreated: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewUpdated: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewRevealed: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
  ReviewDeleted: (document, event) =>
    document && { ...document, rating: rated(document.rating, event) },
})

const linesOf = (tags: readonly string[]): string => tags.join('\n')
