import type { SessionId, UserId } from '../../shared/index.ts'
import { networkOf } from '../../../platform/security/network-of.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { sessions } from '../../../projections/index.ts'
import type { Matter } from './account-letters.ts'

/** Number of a user's earlier sign-ins that are compared. */
const latest = 100

/**
 * Returns what to report of a sign-in on an unknown device: undefined when the same kind of program had signed in from
 * the same network before, as programs without cookies do. Sessions from before the last change of the password, and
 * revoked ones, do not count: they may have been another person's.
 * @param at position of the sign-in in the log
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
