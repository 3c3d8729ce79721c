// Exports of this context for other parts of Agora: its deciders, ids and types.

export { couldBeRead, review, reviewIdOf, type PresentReview } from './review.ts'
export { ReviewerRole, ReviewId, Stars, SubjectId, SubjectType } from './review-messages.ts'
