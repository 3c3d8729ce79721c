import { ratings } from '../../../projections/index.ts'
import { ratingsKeyOf } from '../../../projections/ratings.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { Shown } from './visibility.ts'

/** Returns a profile with the rating of its user, unless it is hidden. @param minPosition as of the read models */
export const withRating = async (
  readModels: Pick<ReadModels, 'get'>,
  profile: Shown,
  minPosition?: bigint,
): Promise<Shown> => {
  if (profile.private) return profile
  const key = ratingsKeyOf('user', profile.userId)
  const { average = 0, count = 0 } =
    (await readModels.get(ratings, key, minPosition)).document ?? {}
  return { ...profile, rating: { average, count } }
}
