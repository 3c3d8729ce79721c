import { Type, type Static } from 'typebox'
import { categoryOf, Fields, type EventOf } from '#kernel'
import { review, type SubjectType } from '../domains/reviews/language.ts'

/** Rating of a product, a gig or a person by reviews. */
export const Rating = Fields({
  /** Mean of the ratings, 1 to 5; 0 without a rating. */
  average: Type.Number({ minimum: 0, maximum: 5 }),
  count: Type.Integer({ minimum: 0 }),
  /** Sum of the ratings. */
  sum: Type.Integer({ minimum: 0 }),
})
export type Rating = Static<typeof Rating>

/** Rating of a subject without reviews. */
export const unrated: Rating = { average: 0, count: 0, sum: 0 }

/** Events that change ratings. */
type RatingEvent = Extract<
  EventOf<typeof review>,
  { type: 'ReviewCreated' | 'ReviewUpdated' | 'ReviewRevealed' | 'ReviewDeleted' }
>

/** Ratings that an event adds and subtracts. Those of sealed reviews are not counted until these are revealed. */
export const ratingChangesOf = ({
  data,
}: RatingEvent): { readonly added?: number; readonly subtracted?: number } =>
  'sealed' in data && data.sealed
    ? {}
    : {
        ...('rating' in data && { added: data.rating }),
        ...('previousRating' in data && { subtracted: data.previousRating }),
      }

/** Returns a rating after an event of a review. It needs no earlier events, so that it is exact after any replay. */
export const rated = ({ count, sum }: Rating, event: RatingEvent): Rating => {
  const { added, subtracted } = ratingChangesOf(event)
  const reviews = count + Number(added !== undefined) - Number(subtracted !== undefined)
  const total = sum + (added ?? 0) - (subtracted ?? 0)
  return { average: reviews > 0 ? total / reviews : 0, count: reviews, sum: total }
}

/**
 * Returns the key of the document that an event changes: its subject, for an event of a review, else its stream's id.
 * @param subjectType kind of the documents
 * @returns undefined for reviews of other subjects
 */
export const ratedSubject = (
  { stream, id, data }: { readonly stream: string; readonly id: string; readonly data: object },
  subjectType: SubjectType,
): string | undefined => {
  if (categoryOf(stream) !== review.name) return id
  if (!('subjectType' in data && 'subjectId' in data)) return undefined
  const { subjectType: of, subjectId } = data
  return of === subjectType && typeof subjectId === 'string' ? subjectId : undefined
}
