import { Type, type Static } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import {
  review,
  ReviewerRole,
  ReviewId,
  Stars,
  SubjectId,
  SubjectType,
} from '../domains/reviews/language.ts'
import { OrderId, Text, UserId } from '../domains/shared/index.ts'

const Review = Fields({
  id: ReviewId,
  subjectType: SubjectType,
  subjectId: SubjectId,
  orderId: Type.Optional(OrderId),
  /** Absent when the author has left. */
  authorId: Type.Optional(UserId),
  /** Person who is reviewed. */
  reviewedId: Type.Optional(UserId),
  /** Role of the author in the order. */
  role: Type.Optional(ReviewerRole),
  verified: Type.Boolean(),
  rating: Stars,
  comment: Type.Optional(personal(Text(1, 4_000))),
  answer: Type.Optional(Fields({ text: personal(Text(1, 4_000)), at: Timestamp })),
  /** Shown to its author and admins only. */
  sealed: Type.Boolean(),
  /** Revision of its stream, for `If-Match`. */
  revision: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
type Review = Static<typeof Review>

/** Reviews of products, gigs and people, sealed ones as well. */
export const reviews = projection({
  name: 'reviews',
  store: 'mongo',
  within: 2_000,
  document: Review,
  from: [review],
  key: 'id',
  beginsWith: [review],
  indexes: [
    ['subjectId', 'sealed', 'createdAt'],
    ['reviewedId', 'sealed', 'createdAt'],
    ['authorId', 'createdAt'],
    ['orderId', 'createdAt'],
  ],
}).rules({
  ReviewCreated: (_, { id, at, revision, data }) => {
    const { writtenAt: __, sealed = false, ...review } = data
    return { id, ...review, sealed, revision, createdAt: at, updatedAt: at }
  },
  ReviewUpdated: (document, { at, revision, data: { rating, comment } }) =>
    document && {
      ...document,
      rating,
      ...(comment !== undefined && { comment }),
      revision,
      updatedAt: at,
    },
  ReviewRevealed: (document, { revision }) => document && { ...document, sealed: false, revision },
  ReviewDeleted: () => undefined,
  ReviewAnswered: (document, { revision, data: { text, answeredAt } }) =>
    document && { ...document, answer: { text, at: answeredAt }, revision },
  ReviewAuthorForgotten: (document, { revision }) => {
    if (!document) return undefined
    const { authorId: _, comment: __, ...rest } = document
    return { ...rest, revision }
  },
  ReviewAnswerForgotten: (document, { revision }) => {
    if (!document) return undefined
    const { answer: _, ...rest } = document
    return { ...rest, revision }
  },
})
