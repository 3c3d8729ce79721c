import { media } from '../../../projections/index.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import type { Caller } from '../../../serving/caller.ts'
import { Problem } from '../../../serving/problem.ts'

/** Most pictures of a user that may wait for their cleaning: two at a time are decoded, those of all users in one queue. */
const mostWaiting = 20

/**
 * Refuses uploads while many pictures of the caller are still worked on, so that one user does not hold up the pictures of others.
 * @throws Problem 429 with `Retry-After`
 */
export const mustHaveFewWaiting = async (
  readModels: Pick<ReadModels, 'find'>,
  { id: userId }: Pick<Caller, 'id'>,
): Promise<void> => {
  const where = { userId, status: 'processing' }
  const { total } = await readModels.find(media, { where, limit: 1 })
  if (total < mostWaiting) return
  const message = `must wait: ${total} pictures of yours are still being worked on`
  throw new Problem(429, 'media_processing', `file ${message}.`, [{ field: 'file', message }], {
    retryAfter: 10,
  })
}
