import type { SessionId, UserId } from '../../shared/index.ts'
import { networkOf } from '../../../platform/security/network-of.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { sessions } from '../../../projections/index.ts'
import type { Matter } from './account-letters.ts'

/** So many sign-ins of somebody before the one in question are looked at. */
const latest = 100

/**
 * What to tell somebody of a sign-in on a device that does not say it is known: nothing, when they have signed in by the
 * same kind of program from the same network before, as programs do that keep no cookies. What was before their password
 * changed, or was ended from elsewhere, does not count: it may have been somebody else.
 * @param at its position in the log
 * @throws NotCaughtUp while the read model is behind
 */
export const strangeSignIn = async (
  readModels: Pick<ReadModels, 'find' | 'get'>,
  userId: UserId,
  sessionId: SessionId,
  at: bigint,
): Promise<Matter | undefined> => {
  const { document: one } = await readModels.get(sessions, sessionId, at)
  if (!one) return undefined
  const { documents } = await readModels.find(
    sessions,
    {
      where: { userId, era: one.era, createdAt: { lte: one.createdAt } },
      sort: ['-createdAt'],
      limit: latest,
    },
    at,
  )
  const network = networkOf(one.ip ?? '')
  const isAlike = documents.some(
    ({ id, status, userAgent, ip }) =>
      id !== sessionId &&
      status !== 'REVOKED' &&
      userAgent === one.userAgent &&
      networkOf(ip ?? '') === network,
  )
  return isAlike ? undefined : { kind: 'newDevice', at: one.createdAt, place: one.ip }
}
