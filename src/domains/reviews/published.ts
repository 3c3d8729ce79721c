import { Type } from 'typebox'
import { Fields, publishing } from '#kernel'
import { UserId } from '../shared/index.ts'
import { ReviewId, SubjectId, SubjectType } from './review-messages.ts'
import { review } from './review.ts'

const ofReview = publishing(review)

const subject = { reviewId: ReviewId, subjectType: SubjectType, subjectId: SubjectId }

/** Events of this context for other systems. A sealed review is published once it is revealed. */
export const published = [
  ofReview('ReviewCreated', {
    data: Fields({
      ...subject,
      authorId: UserId,
      rating: Type.Integer(),
      verified: Type.Boolean(),
    }),
    of: ({ subjectType, subjectId, authorId, rating, verified, sealed }, reviewId) =>
      sealed ? undefined : { reviewId, subjectType, subjectId, authorId, rating, verified },
  }),
  ofReview('ReviewUpdated', {
    data: Fields({ ...subject, authorId: UserId, rating: Type.Integer() }),
    of: ({ subjectType, subjectId, authorId, rating, sealed }, reviewId) =>
      sealed ? undefined : { reviewId, subjectType, subjectId, authorId, rating },
  }),
  ofReview('ReviewRevealed', {
    data: Fields({ ...subject, rating: Type.Integer() }),
    of: ({ subjectType, subjectId, rating }, reviewId) => ({
      reviewId,
      subjectType,
      subjectId,
      rating,
    }),
  }),
  ofReview('ReviewDeleted', {
    data: Fields(subject),
    of: ({ subjectType, subjectId, sealed }, reviewId) =>
      sealed ? undefined : { reviewId, subjectType, subjectId },
  }),
]
