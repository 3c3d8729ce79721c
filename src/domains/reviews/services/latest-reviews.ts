import { reviews as all } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { UserId } from '../../shared/index.ts'
import { shownReviews, type ShownReview } from './review-answer.ts'

/** Reads the latest reviews of a user and of the user's gigs as a caller sees them, and the number of all. @param limit of the read reviews */
export const latestReviewsOf = async (
  readModels: Pick<ReadModels, 'find'>,
  caller: Caller,
  reviewedId: UserId,
  limit: number,
): Promise<{ readonly reviews: ShownReview[]; readonly total: number }> => {
  const { documents, total } = await readModels.find(all, {
    where: { reviewedId, sealed: false },
    sort: ['-createdAt'],
    limit,
  })
  return { reviews: await shownReviews(readModels, caller, documents), total }
}
