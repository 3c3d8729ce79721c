import type { SessionId, UserId } from '../domains/shared/index.ts'
import { placeOf } from '../platform/place-of.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { sessions } from '../projections/index.ts'
import type { Matter } from './account-letters.ts'

/** So many of somebody's latest sign-ins are looked at. */
const latest = 100

/**
 * What to tell somebody of a sign-in on a device that does not say it is known: nothing, when they have signed in by the
 * same kind of program from the same network before, as programs do that keep no cookies; nor when it is their first.
 * @param at its position in the log
 * @throws NotCaughtUp while the read model is behind
 */
export const strangeSignIn = async (
  readModels: Pick<ReadModels, 'find'>,
  userId: UserId,
  sessionId: SessionId,
  at: bigint,
): Promise<Matter | undefined> => {
  const query = { where: { userId }, sort: ['-createdAt'], limit: latest }
  const { documents } = await readModels.find(sessions, query, at)
  const one = documents.find(({ id }) => id === sessionId)
  if (!one) return undefined
  const before = documents.filter(
    ({ id, createdAt }) => id !== sessionId && createdAt <= one.createdAt,
  )
  const [place, userAgent] = [placeOf(one.ip ?? ''), one.userAgent]
  const isAlike = before.some(
    (other) => other.userAgent === userAgent && placeOf(other.ip ?? '') === place,
  )
  return before.length === 0 || isAlike
    ? undefined
    : { kind: 'newDevice', at: one.createdAt, place: one.ip }
}
