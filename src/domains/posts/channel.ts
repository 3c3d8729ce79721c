import { Type } from 'typebox'
import { asId, Fields, type RecordedEvent } from '#kernel'
import { comments, posts } from '../../projections/index.ts'
import { lookAtPresent } from '../../runtime/resting-on.ts'
import {
  AfterPosition,
  ask,
  channel,
  following,
  subscription,
  topic,
  unsubscription,
  userRoom,
} from '../../serving/channel.ts'
import { textIn } from '../../serving/event-fields.ts'
import { notFound } from '../../serving/problem.ts'
import type { Addressed, Change, TopicContext } from '../../serving/topic.ts'
import {
  followersAmong,
  readersAmong,
  unblockedAmong,
} from '../profiles/services/reading-rights.ts'
import { PostId, type UserId } from '../shared/index.ts'
import { changesAfter, postsAfter } from './services/missed-posts.ts'
import {
  commentPushes,
  countPush,
  deletedCommentPush,
  deletedPush,
  postPushes,
  pushes,
  type Pushed,
} from './services/pushed-posts.ts'
import { readablePost } from './services/readable-post.ts'
import type { DocumentOf } from '#kernel'

type Message = Pushed & Addressed
type Document = DocumentOf<typeof posts>

const feedPrefix = 'feed:'
const feedRoom = (userId: string): string => `${feedPrefix}${userId}`
const postRoom = (postId: string): string => `post:${postId}`

const isCount = ({ type }: RecordedEvent): boolean => type === 'PostLiked' || type === 'PostUnliked'

/** Returns the rooms of connected users who follow an author, or are the author, and may read the posts. */
const feedsOf = async (
  authorId: UserId,
  minPosition: bigint,
  { audience, ports: { readModels } }: TopicContext,
): Promise<readonly string[]> => {
  const users = audience.roomsOf(feedPrefix).flatMap((room) => audience.usersIn(room))
  const followers = await followersAmong(readModels, users, authorId, minPosition)
  const readers = users.filter(({ id }) => id === authorId || followers.has(id))
  return [...(await readersAmong(readModels, readers, authorId, minPosition))].map(feedRoom)
}

/** Returns the readers of a post who are connected, and the rooms of those among them who may not read it any more. */
const readersOf = async (
  postId: string,
  authorId: UserId,
  minPosition: bigint,
  { audience, ports: { readModels } }: TopicContext,
) => {
  const readers = audience.usersIn(postRoom(postId))
  const admitted = await readersAmong(readModels, readers, authorId, minPosition)
  return {
    readers,
    except: readers.filter(({ id }) => !admitted.has(id)).map(({ id }) => userRoom(id)),
  }
}

/** Returns the messages of a change to the readers of a post. */
const changeNews = async (
  { document, events }: Change<Document>,
  minPosition: bigint,
  context: TopicContext,
): Promise<readonly Message[]> => {
  const { readModels } = context.ports
  const to = postRoom(document.id)
  if (!context.audience.isIn(to)) return []
  const { readers, except } = await readersOf(document.id, document.userId, minPosition, context)
  const ids = events.flatMap(({ type, id }) => (type === 'CommentCreated' ? [id] : []))
  const { documents } =
    ids.length === 0
      ? { documents: [] }
      : await readModels.find(
          comments,
          { where: { id: { in: ids } }, limit: ids.length, counted: false },
          minPosition,
        )
  const [postOf, commentOf] = await Promise.all([
    postPushes(context.ports, [document], minPosition),
    commentPushes(readModels, documents, minPosition),
  ])
  const lastCount = events.findLast(isCount)
  const news: Message[] = []
  for (const event of events) {
    if (event.type === 'PostUpdated')
      news.push({ ...postOf('post:updated', document, event.position), to, except })
    else if (event === lastCount) news.push({ ...countPush(document, event), to, except })
    else if (event.type === 'CommentDeleted') {
      const deleted = deletedCommentPush(event)
      if (deleted) news.push({ ...deleted, to, except })
    } else if (event.type === 'CommentCreated') {
      const created = commentOf(event)
      if (created?.name !== 'comment:created') continue
      const author = { id: created.payload.userId, roles: [] }
      const others = readers.map(({ id }) => id)
      const seen = await unblockedAmong(readModels, author, others, minPosition)
      const blocked = others.filter((id) => !seen.has(id)).map(userRoom)
      news.push({ ...created, to, except: [...except, ...blocked] })
    }
  }
  return news
}

const postNews = topic({
  projection: posts,
  server: pushes,
  concerns: (event, { audience }) => {
    if (event.type === 'PostCreated') return audience.isEmpty() ? undefined : event.id
    const postId = textIn(event, 'postId') || event.id
    return audience.isIn(postRoom(postId)) ? postId : undefined
  },
  tells: async ({ changes, gone, position }, context) => {
    const minPosition = BigInt(position)
    const created = changes.flatMap(({ document, events }) =>
      events.flatMap((event) => (event.type === 'PostCreated' ? [{ document, event }] : [])),
    )
    const pushOf = await postPushes(
      context.ports,
      created.map(({ document }) => document),
      minPosition,
    )
    const toFeeds = created.map(async ({ document, event }): Promise<readonly Message[]> => {
      const to = await feedsOf(document.userId, minPosition, context)
      return to.length === 0 ? [] : [{ ...pushOf('post:created', document, event.position), to }]
    })
    const toReaders = changes.map((change) => changeNews(change, minPosition, context))
    // To all: the id says nothing more to those who may not read the author any more, as when the account is deleted.
    const ends = gone.flatMap((event): readonly Message[] => {
      if (event.type !== 'PostDeleted') return []
      // The event's schema has validated it.
      const postId = asId(PostId, event.id)
      return [{ ...deletedPush(postId, event.position), to: postRoom(postId) }]
    })
    const messages = (await Promise.all([...toFeeds, ...toReaders])).flat()
    return [...messages, ...ends].toSorted((one, other) =>
      BigInt(one.payload.position) < BigInt(other.payload.position) ? -1 : 1,
    )
  },
})

const PostRef = Fields({ postId: PostId })

/** `/feed`: new posts of followed users, and what happens to the posts that a socket shows. */
export const feedChannel = channel({
  namespace: '/feed',
  about:
    'The feed of a user, and the posts that a socket shows. Each message is sent once and in order, also over reconnections, when ' +
    'a socket subscribes again with the position of its last message; numbers of likes are states, of which the latest is sent.',
  topics: [postNews],
  client: {
    'feed:subscribe': subscription(
      ask(
        'Follow the own feed. Every post of it after `afterPosition`, or after the position of the answer, follows.',
        Fields({ afterPosition: Type.Optional(AfterPosition) }),
        Fields(following),
      ),
      {
        topic: postNews,
        room: (_, { caller }) => feedRoom(caller.id),
        read: async (_, { minPosition: position }) => ({ position }),
        answer: ({ position }) => ({ ok: true, position: String(position) }),
        missed: (_, { caller, ports, ...range }) => postsAfter(ports, caller, range),
      },
    ),
    'feed:unsubscribe': unsubscription(
      ask('No longer follow the own feed.', Fields({})),
      (_, { caller }) => feedRoom(caller.id),
    ),
    'post:subscribe': subscription(
      ask(
        'Follow a post that the caller may read. Its changes and comments after `afterPosition`, or after the position of the ' +
          'answer, follow, as long as the caller may read it.',
        Fields({ postId: PostId, afterPosition: Type.Optional(AfterPosition) }),
        Fields({
          ...following,
          likeCount: Type.Integer({ minimum: 0 }),
          commentCount: Type.Integer({ minimum: 0 }),
        }),
      ),
      {
        topic: postNews,
        room: ({ postId }) => postRoom(postId),
        mayEnter: async ({ postId }, { caller, ports: { executor } }) => {
          await readablePost(lookAtPresent(executor), caller, postId)
          return undefined
        },
        read: async ({ postId }, { minPosition, ports: { readModels } }) => {
          const { document, position } = await readModels.get(posts, postId, minPosition)
          if (!document) throw notFound('post')
          return { document, position }
        },
        answer: ({ document: { likeCount, commentCount }, position }) => ({
          ok: true,
          position: String(position),
          likeCount,
          commentCount,
        }),
        missed: ({ postId }, { caller, ports, ...range }) =>
          changesAfter(ports, caller, postId, range),
      },
    ),
    'post:unsubscribe': unsubscription(ask('No longer follow a post.', PostRef), ({ postId }) =>
      postRoom(postId),
    ),
  },
})
