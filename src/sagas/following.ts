import { only, rest, saga, send, type Step } from '#kernel'
import { followNewsIdOf, notification } from '../domains/notifications/language.ts'
import { follow } from '../domains/profiles/language.ts'
import type { UserId } from '../domains/shared/index.ts'

type Pair = { readonly followerId: UserId; readonly followeeId: UserId }

/** Whether the follower has asked: the followed user knows, and has consented. */
type State = { readonly hasAsked: boolean }

/**
 * Notifies users of followers, private ones of requests to follow them, and followers of consent; once for each pair, so that
 * nobody is pestered by follows and requests that are withdrawn and made again.
 */
export const following = saga({
  name: 'following',
  subject: 'Following',
  from: [follow],
  to: [only(notification, 'RequestNotification')],
  key: ({ id }) => id,
}).rules<State>({
  initialState: { hasAsked: false },
  on: {
    FollowRequested: (_, { data }) => rest({ hasAsked: true }, requestNews(data)),
    FollowAccepted: (state, { data }) => rest(state, consentNews(data)),
    UserFollowed: (state, { data }) =>
      state.hasAsked ? rest(state) : rest(state, followerNews(data)),
  },
})

// Texts name nobody, as they are not sealed.
const requestNews = ({ followerId, followeeId }: Pair): Step =>
  send(
    notification,
    followNewsIdOf([followerId, followeeId], 'follow_requested'),
    'RequestNotification',
    {
      userId: followeeId,
      channel: 'in_app',
      type: 'follow_requested',
      subject: 'Somebody asks to follow you',
      text: 'Accept or decline the request to follow you.',
    },
  )

const followerNews = ({ followerId, followeeId }: Pair): Step =>
  send(notification, followNewsIdOf([followerId, followeeId], 'followed'), 'RequestNotification', {
    userId: followeeId,
    channel: 'in_app',
    type: 'followed',
    subject: 'You have a new follower',
    text: 'Somebody follows you now.',
  })

const consentNews = ({ followerId, followeeId }: Pair): Step =>
  send(
    notification,
    followNewsIdOf([followerId, followeeId], 'follow_accepted'),
    'RequestNotification',
    {
      userId: followerId,
      channel: 'in_app',
      type: 'follow_accepted',
      subject: 'Your request was accepted',
      text: 'A user whom you asked lets you follow now.',
    },
  )
