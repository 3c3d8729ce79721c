import { Type, type Static } from 'typebox'
import { about, Fields, Id, personal, saysNo, Timestamp } from '#kernel'
import { OrderId, Paragraphs, Text, UserId } from '../shared/index.ts'

/** Id of a review. */
export const ReviewId = Id('ReviewId')
export type ReviewId = Static<typeof ReviewId>

/** Kind of the subject of a review. */
export const SubjectType = Type.Enum(['product', 'gig', 'user'])
export type SubjectType = Static<typeof SubjectType>

/** Id of the product, gig or user that a review is about. */
export const SubjectId = Id('SubjectId')
export type SubjectId = Static<typeof SubjectId>

/** A rating, from 1 (worst) to 5 (best). */
export const Stars = Type.Integer({ minimum: 1, maximum: 5 })

/** Role of the author in the order that a review is about. */
export const ReviewerRole = Type.Enum(['buyer', 'seller'])
export type ReviewerRole = Static<typeof ReviewerRole>

const subject = { subjectType: SubjectType, subjectId: SubjectId }

const facts = {
  ...subject,
  authorId: UserId,
  orderId: Type.Optional(OrderId),
  /** Person who is reviewed: the seller of a gig, or the other party of the order. */
  reviewedId: Type.Optional(UserId),
  role: Type.Optional(ReviewerRole),
  /** The author has bought the subject, or was a party of the order. */
  verified: Type.Boolean(),
}

const Comment = personal(Paragraphs(1, 4_000))
const RecordedComment = personal(Text(1, 4_000))

/** Set while the review is sealed: it counts in no average yet. */
const sealed = Type.Optional(Type.Literal(true))

/** Commands of a review. */
export const reviewCommands = {
  CreateReview: Fields(
    { ...facts, rating: Stars, comment: Type.Optional(Comment) },
    { description: 'Review a product, a gig or a person.' },
  ),
  UpdateReview: Fields(
    { rating: Type.Optional(Stars), comment: Type.Optional(Comment) },
    { description: 'Change the rating or the comment; omitted ones stay unchanged.' },
  ),
  DeleteReview: Fields({}, { description: 'Delete the review.' }),
  AnswerReview: Fields(
    { text: personal(Paragraphs(1, 4_000)) },
    { description: 'Answer the review, once, as the reviewed person.' },
  ),
  RevealReview: Fields({}, { description: 'Show a sealed review to everybody.' }),
  ForgetAuthor: Fields(
    {},
    { description: 'Erase author and comment, as the author has left; the rating stays.' },
  ),
  ForgetAnswer: Fields({}, { description: 'Erase the answer, as its author has left.' }),
}

/** Events of a review. Each that changes a sum of ratings holds the ratings to add and to subtract. */
export const reviewEvents = {
  ReviewCreated: about(
    'authorId',
    Fields({
      ...facts,
      rating: Stars,
      comment: Type.Optional(RecordedComment),
      writtenAt: Timestamp,
      sealed,
    }),
  ),
  /** `comment`: the new one, if it has changed. */
  ReviewUpdated: about(
    'authorId',
    Fields({
      ...subject,
      authorId: UserId,
      previousRating: Stars,
      rating: Stars,
      comment: Type.Optional(RecordedComment),
      sealed,
    }),
  ),
  ReviewRevealed: Fields({
    ...subject,
    rating: Stars,
    orderId: Type.Optional(OrderId),
    reviewedId: Type.Optional(UserId),
  }),
  /** `final`: the author may not replace it by another one. */
  ReviewDeleted: Fields({
    ...subject,
    previousRating: Stars,
    orderId: Type.Optional(OrderId),
    sealed,
    final: Type.Optional(Type.Literal(true)),
  }),
  ReviewAnswered: about(
    'reviewedId',
    Fields({ reviewedId: UserId, text: personal(Text(1, 4_000)), answeredAt: Timestamp }),
  ),
  ReviewAuthorForgotten: Fields({}),
  ReviewAnswerForgotten: Fields({}),
}

/** Refusals of a review. */
export const reviewRefusals = {
  NoSuchReview: saysNo.notFound('There is no such review.'),
  OwnReview: saysNo.forbidden('Nobody may review themselves, or what they sell.'),
  AlreadyReviewed: 'You have reviewed this before; change that review instead.',
  ReviewDeletedBefore: 'Your review of this was deleted, and cannot be replaced.',
  NoLongerEditable: 'A review can be changed for 30 days only.',
  AlreadyRevealed: 'Both sides can read this review now, so it cannot be changed any more.',
  NotReviewed: saysNo.forbidden('Only the reviewed person may answer.'),
  AlreadyAnswered: 'This review has its answer; there is one only.',
}
