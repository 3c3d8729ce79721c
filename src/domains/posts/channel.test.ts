import { randomUUID } from 'node:crypto'
import type { Socket } from 'socket.io-client'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isRefusal } from '#kernel'
import { newId } from '#kernel/testing'
import {
  letIn,
  messagesOf,
  someUser,
  socketWorld,
  type SocketWorld,
} from '../../../test/support/sockets.ts'
import { account } from '../identity/language.ts'
import { block, blockIdOf, follow, followIdOf, profile } from '../profiles/language.ts'
import { PostId, type UserId } from '../shared/index.ts'
import { feedChannel } from './channel.ts'
import { comment, CommentId, like, likeIdOf, post } from './language.ts'

const patient = { timeout: 120_000 }
type News = { readonly position: string; readonly [field: string]: unknown }

let world: SocketWorld
beforeAll(async () => {
  world = await socketWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}

/** A user with an account and a profile. */
const member = async (privacy?: 'followers' | 'private'): Promise<UserId> => {
  const userId = someUser()
  const username = `user${userId.slice(0, 8)}`
  await world.execute(
    account,
    userId,
    {
      type: 'RegisterAccount',
      data: { userId, email: `${username}@example.com`, username, roles: [], passwordHash: 'x' },
    },
    origin(),
  )
  await world.execute(
    profile,
    userId,
    { type: 'CreateProfile', data: { userId, username } },
    origin(),
  )
  if (privacy)
    await world.execute(
      profile,
      userId,
      {
        type: 'ChangeSettings',
        data: { privacy },
      },
      origin(),
    )
  return userId
}
const follows = async (
  followerId: UserId,
  followeeId: UserId,
  type: 'FollowUser' | 'UnfollowUser' = 'FollowUser',
) =>
  world.execute(
    follow,
    followIdOf(followerId, followeeId),
    { type, data: { followerId, followeeId } },
    origin(),
  )
const blocks = (blockerId: UserId, blockedId: UserId) =>
  world.execute(
    block,
    blockIdOf(blockerId, blockedId),
    { type: 'BlockUser', data: { blockerId, blockedId } },
    origin(),
  )

/** Publishes a post. @returns its id and position */
const publish = async (userId: UserId, content = 'Hello') => {
  const id = newId(PostId)
  const data = { userId, content, mediaIds: [], mentions: [] }
  const answer = await world.execute(post, id, { type: 'CreatePost', data }, origin())
  if (isRefusal(answer)) throw new Error(answer.refused)
  return { id, position: String(answer.position) }
}
const edit = (id: PostId, content: string) =>
  world.execute(
    post,
    id,
    { type: 'UpdatePost', data: { content, mediaIds: [], mentions: [] } },
    origin(),
  )
const remove = (id: PostId) => world.execute(post, id, { type: 'DeletePost', data: {} }, origin())
const likes = (postId: PostId, userId: UserId, type: 'LikePost' | 'UnlikePost' = 'LikePost') =>
  world.execute(like, likeIdOf(postId, userId), { type, data: { postId, userId } }, origin())
const comments = async (postId: PostId, postAuthorId: UserId, userId: UserId, content = 'Nice') => {
  const id = newId(CommentId)
  const data = { postId, postAuthorId, userId, content, mentions: [] }
  await world.execute(comment, id, { type: 'CreateComment', data }, origin())
  return id
}
const removeComment = (id: CommentId) =>
  world.execute(comment, id, { type: 'DeleteComment', data: {} }, origin())

/** Messages that do not match their declaration. */
const undeclared: unknown[] = []
const connect = async (userId: UserId, at?: string): Promise<Socket> => {
  const socket = world.connect('/feed', world.tokenOf(userId), at === undefined ? {} : { at })
  socket.onAny((name: string, payload: unknown) => {
    const declared = feedChannel.server[name]
    if (!declared || !Check(declared.payload, payload)) undeclared.push([name, payload])
  })
  await letIn(socket)
  return socket
}
const toFeed = (socket: Socket, afterPosition?: string) =>
  socket.emitWithAck('feed:subscribe', { ...(afterPosition !== undefined && { afterPosition }) })
const toPost = (socket: Socket, postId: string, afterPosition?: string) =>
  socket.emitWithAck('post:subscribe', {
    postId,
    ...(afterPosition !== undefined && { afterPosition }),
  })
const postsOf = (socket: Socket) =>
  messagesOf<{ post: { id: string; content: string }; position: string }>(socket, 'post:created')
/** Collects the messages about one post, in order: name and position. */
const newsOf = (socket: Socket) => {
  const news: (readonly [name: string, News])[] = []
  socket.onAny((name: string, payload: News) => void news.push([name, payload]))
  return news
}
const names = (news: ReturnType<typeof newsOf>) => news.map(([name]) => name)

describe('a socket that follows its feed', () => {
  test('is sent the posts of followed authors and the own ones, and no others', async () => {
    const [ada, bob, eve] = [await member(), await member(), await member()]
    await follows(bob, ada)
    const socket = await connect(bob)
    const seen = postsOf(socket)
    expect(await toFeed(socket)).toEqual({ ok: true, position: expect.any(String) })
    await publish(eve)
    const { id, position } = await publish(ada, 'For my followers')
    const own = await publish(bob)
    await expect.poll(() => seen, patient).toHaveLength(2)
    expect(seen).toMatchObject([
      {
        post: {
          id,
          userId: ada,
          content: 'For my followers',
          author: { id: ada },
          likeCount: 0,
          media: [],
        },
        position,
      },
      { post: { id: own.id }, position: own.position },
    ])
  })

  test('resumes without a gap, also at another process', async () => {
    const [ada, bob] = [await member(), await member()]
    await follows(bob, ada)
    const first = await connect(bob)
    const seen = postsOf(first)
    await toFeed(first)
    const { position } = await publish(ada, '1')
    await expect.poll(() => seen, patient).toHaveLength(1)
    first.disconnect()
    await publish(ada, '2')
    const gone = await publish(ada, 'gone')
    await remove(gone.id)
    await publish(ada, '3')
    const other = await world.serveAgain()
    const again = await connect(bob, other.url)
    const later = postsOf(again)
    const resuming = toFeed(again, position)
    await publish(ada, '4')
    expect(await resuming).toEqual({ ok: true, position })
    await expect
      .poll(() => later.map(({ post: { content } }) => content), patient)
      .toEqual(['2', '3', '4'])
    await other.close()
  })

  test('is sent no post of an author who has blocked, is private, or is not followed any more', async () => {
    const [ada, eve, kim, max, bob] = [
      await member(),
      await member('private'),
      await member(),
      await member(),
      await member(),
    ]
    for (const author of [ada, eve, kim, max]) await follows(bob, author)
    const socket = await connect(bob)
    const seen = postsOf(socket)
    await toFeed(socket)
    await blocks(ada, bob)
    await follows(bob, kim, 'UnfollowUser')
    for (const author of [ada, eve, kim]) await publish(author)
    const { id } = await publish(max)
    await expect.poll(() => seen, patient).toHaveLength(1)
    expect(seen).toMatchObject([{ post: { id } }])
  })

  test('is sent none once it has left it', async () => {
    const ada = await member()
    const [socket, other] = [await connect(ada), await connect(ada)]
    const [seen, elsewhere] = [postsOf(socket), postsOf(other)]
    await toFeed(socket)
    await toFeed(other)
    expect(await socket.emitWithAck('feed:unsubscribe', {})).toEqual({ ok: true })
    await publish(ada)
    await expect.poll(() => elsewhere, patient).toHaveLength(1)
    expect(seen).toEqual([])
  })
})

describe('a socket that follows a post', () => {
  test('is sent its changes, its likes and its comments', async () => {
    const [ada, bob] = [await member(), await member()]
    const { id } = await publish(ada)
    const socket = await connect(bob)
    const news = newsOf(socket)
    expect(await toPost(socket, id)).toEqual({
      ok: true,
      position: expect.any(String),
      likeCount: 0,
      commentCount: 0,
    })
    await likes(id, bob)
    await expect.poll(() => names(news), patient).toContain('post:liked')
    await likes(id, bob, 'UnlikePost')
    await expect.poll(() => names(news), patient).toContain('post:unliked')
    await edit(id, 'Better')
    const commentId = await comments(id, ada, bob)
    await expect.poll(() => names(news), patient).toContain('comment:created')
    await removeComment(commentId)
    await expect.poll(() => names(news), patient).toContain('comment:deleted')
    await remove(id)
    await expect.poll(() => names(news), patient).toContain('post:deleted')
    const position = expect.any(String)
    expect(news).toMatchObject([
      ['post:liked', { postId: id, likeCount: 1, position }],
      ['post:unliked', { postId: id, likeCount: 0, position }],
      ['post:updated', { post: { id, content: 'Better', editedAt: position }, position }],
      ['comment:created', { id: commentId, postId: id, userId: bob, content: 'Nice', position }],
      ['comment:deleted', { id: commentId, postId: id, position }],
      ['post:deleted', { postId: id, position }],
    ])
  })

  test('is sent that it is deleted, also when its author may not be read any more', async () => {
    const [ada, bob] = [await member(), await member()]
    const { id } = await publish(ada)
    const socket = await connect(bob)
    const news = newsOf(socket)
    await toPost(socket, id)
    const closed = { type: 'ChangeSettings' as const, data: { privacy: 'private' as const } }
    await world.execute(profile, ada, closed, origin())
    await edit(id, 'Not for you')
    await remove(id)
    await expect.poll(() => names(news), { timeout: 20_000 }).toEqual(['post:deleted'])
  })

  test('is sent the last number of many likes, by few messages', async () => {
    const ada = await member()
    const { id } = await publish(ada)
    const socket = await connect(ada)
    const counts = messagesOf<{ likeCount: number }>(socket, 'post:liked')
    await toPost(socket, id)
    const started = performance.now()
    for (let nth = 0; nth < 100; nth += 1) await likes(id, someUser())
    await expect.poll(() => counts.at(-1)?.likeCount, patient).toBe(100)
    const seconds = (performance.now() - started) / 1_000
    expect(counts.length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1)
  })

  test('resumes without a gap: changes and comments, and the numbers in the answer', async () => {
    const [ada, bob] = [await member(), await member()]
    const { id } = await publish(ada)
    const first = await connect(bob)
    const { position } = await toPost(first, id)
    first.disconnect()
    await edit(id, 'Better')
    const [one, gone] = [await comments(id, ada, bob, '1'), await comments(id, ada, bob, '2')]
    await removeComment(gone)
    await comments((await publish(ada)).id, ada, bob, 'elsewhere')
    await likes(id, bob)
    const again = await connect(bob)
    const news = newsOf(again)
    const answer = await toPost(again, id, position)
    expect(answer).toEqual({ ok: true, position, likeCount: 1, commentCount: 1 })
    const late = await comments(id, ada, ada, '3')
    await expect
      .poll(() => news.map(([name, { id: about }]) => [name, about]), patient)
      .toEqual([
        ['post:updated', undefined],
        ['comment:created', one],
        ['comment:deleted', gone],
        ['comment:created', late],
      ])
  })

  test('is sent nothing more once its author has blocked the user, nor comments of users who have', async () => {
    const [ada, bob, eve] = [await member(), await member(), await member()]
    const { id } = await publish(ada)
    const [socket, other] = [await connect(bob), await connect(ada)]
    const [news, all] = [newsOf(socket), newsOf(other)]
    await toPost(socket, id)
    await toPost(other, id)
    await blocks(eve, bob)
    await comments(id, ada, eve)
    const seen = await comments(id, ada, ada)
    await expect.poll(() => news, patient).toHaveLength(1)
    expect(news).toMatchObject([['comment:created', { id: seen }]])
    await blocks(ada, bob)
    await edit(id, 'Not for you')
    await expect.poll(() => names(all), patient).toContain('post:updated')
    expect(news).toHaveLength(1)
  })
})

describe('a subscription is refused', () => {
  test('without a token', async () => {
    await expect(letIn(world.connect('/feed'))).rejects.toMatchObject({
      data: { code: 'unauthorized' },
    })
  })

  test('to posts that are private, hidden by a block, or missing, all alike', async () => {
    const [ada, eve, bob] = [await member(), await member('private'), await member()]
    await blocks(ada, bob)
    const socket = await connect(bob)
    const hidden = [(await publish(ada)).id, (await publish(eve)).id, newId(PostId)]
    for (const id of hidden)
      expect(await toPost(socket, id)).toMatchObject({ ok: false, code: 'not_found' })
  })

  test.each([
    ['feed:subscribe', { afterPosition: 'x' }],
    ['feed:subscribe', { userId: newId(PostId) }],
    ['post:subscribe', {}],
    ['post:subscribe', { postId: 'x' }],
  ])('%s with %j', async (name, payload) => {
    const socket = await connect(await member())
    expect(await socket.emitWithAck(name, payload)).toMatchObject({
      ok: false,
      code: 'invalid_request',
    })
  })
})

test('all messages were sent as they are declared', () => expect(undeclared).toEqual([]))
