import { only, rest, saga, send, type Step } from '#kernel'
import { followNewsIdOf, notification } from '../domains/notifications/language.ts'
import { follow } from '../domains/profiles/language.ts'
import type { UserId } from '../domains/shared/index.ts'

type Pair = { readonly followerId: UserId; readonly followeeId: UserId }

/**
 * Notifies users of followers and of requests to follow them, and followers of consent; once for each pair, so that nobody is
 * pestered by follows that are ended and begun again.
 */
export const following = saga({
  name: 'following',
  subject: 'Following',
  from: [follow],
  to: [only(notification, 'RequestNotification')],
  key: ({ id }) => id,
}).rules<{ readonly requested: boolean }>({
  initialState: { requested: false },
  on: {
    FollowRequested: (_, { data }) => rest({ requested: true }, requestNews(data)),
    // The consent to a request is no news to the user who has given it.
    UserFollowed: (state, { data }) =>
      state.requested ? rest(state) : rest(state, followerNews(data)),
    FollowAccepted: (_, { data }) => rest({ requested: false }, consentNews(data)),
    FollowDeclined: () => rest({ requested: false }),
    FollowRequestWithdrawn: () => rest({ requested: false }),
  },
})

// Names nobody: texts of notifications are not sealed.
const news =
  (type: Parameters<typeof followNewsIdOf>[1], subject: string, text: string) =>
  ({ followerId, followeeId }: Pair): Step => {
    const userId = type === 'follow_accepted' ? followerId : followeeId
    const id = followNewsIdOf([followerId, followeeId], type)
    return send(notification, id, 'RequestNotification', {
      userId,
      channel: 'in_app',
      type,
      subject,
      text,
    })
  }

const requestNews = news(
  'follow_requested',
  'Somebody asks to follow you',
  'Accept or decline the request to follow you.',
)
const followerNews = news('followed', 'You have a new follower', 'Somebody follows you now.')
const consentNews = news(
  'follow_accepted',
  'Your request was accepted',
  'A user whom you asked lets you follow now.',
)
