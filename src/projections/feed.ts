import { Type, type Static } from 'typebox'
import { Fields, projection } from '#kernel'
import { post } from '../domains/posts/language.ts'
import { follow } from '../domains/profiles/language.ts'
import { PostId, UserId } from '../domains/shared/index.ts'
import { Place, placeAt } from './places.ts'

/** Number of an author's last posts that a new follower is given. */
export const recentPosts = 200

/** Number of followers up to which posts of an author are written into the timeline of each, by default. */
export const defaultFanOut = 5_000

/** Timeline of the posts that a user follows. */
export const homeOf = (userId: string): string => `home:${userId}`

/** Timeline of the posts that a user has written. */
export const postsOf = (userId: string): string => `by:${userId}`

const Recent = Fields({ postId: PostId, place: Place })
type Recent = Static<typeof Recent>

const Entry = Fields({
  id: Type.String(),
  authorId: UserId,
  /** Of entries: the timeline that the post is in. */
  timeline: Type.Optional(Type.String()),
  /** Of entries. */
  postId: Type.Optional(PostId),
  /** Of entries: orders them as the log does. */
  place: Type.Optional(Place),
  /** Of merged timelines: the reader, whose feed is merged with the posts of the author as it is read. */
  readerId: Type.Optional(UserId),
  /** Of merged timelines: place of the first post that is merged; all, when absent. */
  since: Type.Optional(Place),
  /** Of authors: the followers whose timelines each post is written into; none once their posts are merged. */
  followers: Type.Optional(Type.Array(UserId)),
  /** Of authors: the last posts, oldest first. */
  recent: Type.Optional(Type.Array(Recent, { maxItems: recentPosts })),
  /** Of authors: they have had too many followers once, so that their posts are merged. */
  isMerged: Type.Optional(Type.Literal(true)),
})
type Entry = Static<typeof Entry>

const entryKey = (timeline: string, postId: string): string => `${timeline}:${postId}`

const entry = (timeline: string, authorId: UserId, { postId, place }: Recent) => {
  const id = entryKey(timeline, postId)
  return [id, { id, authorId, timeline, postId, place }] as const
}

const noEntry = (timeline: string, postId: string) =>
  [entryKey(timeline, postId), undefined] as const

const mergedKey = (readerId: string, authorId: string): string => `merged:${readerId}:${authorId}`

const merged = (readerId: UserId, authorId: UserId, since: string | undefined) => {
  const id = mergedKey(readerId, authorId)
  return [id, { id, authorId, readerId, ...(since !== undefined && { since }) }] as const
}

/** Document of an author, as it is or as it begins. */
const authorIn = (document: Entry | undefined, id: string, authorId: UserId) => {
  const { followers = [], recent = [], isMerged } = document ?? {}
  return { id, authorId, followers, recent, ...(isMerged && { isMerged }) }
}

/** Removes the document of an author of whom nothing is left. */
const remaining = (author: ReturnType<typeof authorIn>): Entry | undefined =>
  author.followers.length + author.recent.length > 0 || author.isMerged ? author : undefined

/**
 * Timelines of users (decision 077): what each has written, and what those whom they follow have. A post is written into the
 * timelines of its author's followers, unless these are many: then the timeline of the author is merged as a feed is read.
 * What a feed contains does not depend on which of the two happens, except for a reader who follows an author again: posts
 * before the last ones of that moment are in it only where they were written into the timeline of the reader the first time.
 * @param mostFollowers number of followers up to which posts are written into their timelines
 */
export const feedOf = ({ mostFollowers }: { readonly mostFollowers: number }) => {
  /** Whether one more follower makes the posts of an author merged. */
  const becomesMerged = (author: Entry | undefined): boolean =>
    !author?.isMerged && (author?.followers?.length ?? 0) >= mostFollowers

  return projection({
    name: 'feed',
    store: 'postgres',
    within: 2_000,
    document: Entry,
    from: [post, follow],
    key: ({ data }) =>
      'followeeId' in data
        ? `author:${data.followeeId}`
        : 'userId' in data
          ? `author:${data.userId}`
          : [],
    indexes: [['timeline', 'place'], ['readerId']],
  }).rules(
    {
      PostCreated: (document, { id: postId, position, data: { userId } }, key) => {
        const author = authorIn(document, key, userId)
        const recent = [...author.recent, { postId, place: placeAt(position) }].slice(-recentPosts)
        return { ...author, recent }
      },
      PostDeleted: (document, { id, data: { userId } }, key) => {
        const author = authorIn(document, key, userId)
        return remaining({
          ...author,
          recent: author.recent.filter(({ postId }) => postId !== id),
        })
      },
      UserFollowed: (document, { data: { followerId, followeeId } }, key) => {
        const author = authorIn(document, key, followeeId)
        if (author.isMerged) return document
        if (becomesMerged(document)) return { ...author, followers: [], isMerged: true }
        return { ...author, followers: [...author.followers, followerId] }
      },
      UserUnfollowed: (document, { data: { followerId, followeeId } }, key) => {
        const author = authorIn(document, key, followeeId)
        if (author.isMerged) return document
        return remaining({
          ...author,
          followers: author.followers.filter((id) => id !== followerId),
        })
      },
    },
    {
      PostCreated: (author, { id: postId, position, data: { userId } }) => {
        const posted = { postId, place: placeAt(position) }
        const timelines = [postsOf(userId), ...(author?.followers ?? []).map(homeOf)]
        return timelines.map((timeline) => entry(timeline, userId, posted))
      },
      PostDeleted: (author, { id, data: { userId } }) =>
        [postsOf(userId), ...(author?.followers ?? []).map(homeOf)].map((timeline) =>
          noEntry(timeline, id),
        ),
      UserFollowed: (author, { position, data: { followerId, followeeId } }) => {
        const recent = author?.recent ?? []
        const since = recent[0]?.place
        if (author?.isMerged) return [merged(followerId, followeeId, since)]
        if (!becomesMerged(author))
          return recent.map((one) => entry(homeOf(followerId), followeeId, one))
        const before = author?.followers ?? []
        return [
          ...before.map((id) => merged(id, followeeId, placeAt(position))),
          merged(followerId, followeeId, since),
        ]
      },
      UserUnfollowed: (author, { data: { followerId, followeeId } }) => [
        [mergedKey(followerId, followeeId), undefined],
        ...(author?.recent ?? []).map(({ postId }) => noEntry(homeOf(followerId), postId)),
      ],
    },
  )
}

/** Timelines with the default number of followers. */
export const feed = feedOf({ mostFollowers: defaultFanOut })
