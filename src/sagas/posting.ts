import { only, rest, saga, send, type Step } from '#kernel'
import { notification, postNewsIdOf, templated } from '../domains/notifications/language.ts'
import { comment, post, type Mention } from '../domains/posts/language.ts'
import type { PostId, UserId } from '../domains/shared/index.ts'

/**
 * Notifies the author of a post of each comment of somebody else, and mentioned users, once for each post or comment. The
 * ids follow from those, so that an edit notifies only users who were not mentioned before.
 */
export const posting = saga({
  name: 'posting',
  subject: 'Posting',
  from: [post, comment],
  to: [only(notification, 'RequestNotification')],
  key: ({ id, data }) => {
    if (!('mentions' in data)) return undefined
    return 'postAuthorId' in data || data.mentions.length > 0 ? id : undefined
  },
}).rules<null>({
  initialState: null,
  on: {
    PostCreated: (_, { id, data }) => rest(null, ...mentionNews(id, id, data, [])),
    PostUpdated: (_, { id, data }) => rest(null, ...mentionNews(id, id, data, [])),
    CommentCreated: (_, { id, data }) => {
      const { postId, postAuthorId, userId } = data
      const own = postAuthorId === userId ? [] : [commentNews(id, postId, postAuthorId)]
      return rest(null, ...own, ...mentionNews(id, postId, data, [postAuthorId]))
    },
  },
})

const commentNews = (id: string, postId: PostId, userId: UserId): Step =>
  send(notification, postNewsIdOf(id, 'post_commented', userId), 'RequestNotification', {
    userId,
    channel: 'in_app',
    ...templated('post_commented'),
    postId,
  })

/** @param about id of the post or comment @param informed users who are notified anyway */
const mentionNews = (
  about: string,
  postId: PostId,
  {
    userId: authorId,
    mentions,
  }: { readonly userId: UserId; readonly mentions: readonly Mention[] },
  informed: readonly UserId[],
): readonly Step[] =>
  [...new Set(mentions.map(({ userId }) => userId))]
    .filter((userId) => userId !== authorId && !informed.includes(userId))
    .map((userId) =>
      send(notification, postNewsIdOf(about, 'mentioned', userId), 'RequestNotification', {
        userId,
        channel: 'in_app',
        ...templated(about === postId ? 'mentioned.post' : 'mentioned.comment'),
        postId,
      }),
    )
