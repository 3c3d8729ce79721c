import { isRefusal } from '#kernel'
import type { Origin } from '../../../runtime/execution.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { followNewsIdOf, notification, templated } from '../../notifications/language.ts'
import type { UserId } from '../../shared/index.ts'
import { follow, followIdOf, profile } from '../language.ts'

type Pair = { readonly followerId: UserId; readonly followeeId: UserId }
type News = Pair & { readonly type: 'follow_requested' | 'follow_accepted' | 'followed' }

/**
 * Notifies a user of a follow, while it stands and the user is there: a job may run long after the event, also after the user
 * has left. Once for each pair, so that nobody is pestered by follows that are taken back and made again.
 * @throws Unavailable
 */
export const notifyOfFollow = async (
  { followerId, followeeId, type }: News,
  origin: Origin,
  { executor }: Pick<JobPorts, 'executor'>,
): Promise<void> => {
  const { state } = await executor.stateOf(follow, followIdOf(followerId, followeeId))
  const stands = {
    follow_requested: state.requested,
    follow_accepted: state.accepted,
    // Whoever has accepted a follower knows.
    followed: state.follows && !state.accepted,
  }
  if (!stands[type]) return
  const userId = type === 'follow_accepted' ? followerId : followeeId
  const recipient = await executor.stateOf(profile, userId)
  if (recipient.state.status !== 'active') return
  const data = { userId, channel: 'in_app' as const, ...templated(type) }
  const requested = await executor.execute(
    notification,
    followNewsIdOf([followerId, followeeId], type),
    { type: 'RequestNotification', data },
    derivedOrigin(origin, type),
  )
  if (isRefusal(requested)) throw new Error(`The notification was refused: ${requested.refused}`)
}

const news =
  (type: News['type']) =>
  ({ data: { followerId, followeeId } }: { readonly data: Pair }): News => ({
    followerId,
    followeeId,
    type,
  })

/** Notifies users of followers, private ones of requests to follow them, and followers of consent. */
export const notifyOfFollows = job({
  name: 'notify-of-follows',
  from: [follow],
  on: {
    FollowRequested: news('follow_requested'),
    FollowAccepted: news('follow_accepted'),
    UserFollowed: news('followed'),
  },
  run: notifyOfFollow,
  givenUp: { reportsNothing: 'lists of followers and requests show them' },
})
