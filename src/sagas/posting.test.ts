import { expect, test } from 'vitest'
import { derivedId, streamOf, type RecordedEvent } from '#kernel'
import { newId, reacting, recorded } from '#kernel/testing'
import { postNewsIdOf } from '../domains/notifications/language.ts'
import { comment, CommentId, post } from '../domains/posts/language.ts'
import { PostId, UserId } from '../domains/shared/index.ts'
import { posting } from './posting.ts'

const [ada, bob, eve] = [
  derivedId(UserId, 'ada'),
  derivedId(UserId, 'bob'),
  derivedId(UserId, 'eve'),
]
const [postId, commentId] = [newId(PostId), newId(CommentId)]
const at = '2030-01-01T00:00:00.000Z'
const mentionsOf = (...users: readonly UserId[]) =>
  users.map((userId) => ({ userId, start: 0, end: 4 }))
const published = (type: 'PostCreated' | 'PostUpdated', ...users: readonly UserId[]) =>
  recorded(streamOf(post, postId), {
    type,
    data: {
      userId: ada,
      content: 'Hi',
      mediaIds: [],
      tags: [],
      mentions: mentionsOf(...users),
      [type === 'PostCreated' ? 'createdAt' : 'editedAt']: at,
    },
  })
const commented = (userId: UserId, ...users: readonly UserId[]) =>
  recorded(streamOf(comment, commentId), {
    type: 'CommentCreated',
    data: {
      postId,
      postAuthorId: ada,
      userId,
      content: 'Hi',
      mentions: mentionsOf(...users),
      createdAt: at,
    },
  })
/** Notified users, with id and type. */
const told = (event: RecordedEvent) =>
  reacting(posting)
    .given()
    .on(event)
    .steps.map(({ id, command }) => [id, command.data])
const notice = (about: string, type: 'mentioned' | 'post_commented', userId: UserId) => [
  postNewsIdOf(about, type, userId),
  expect.objectContaining({ userId, type, postId, channel: 'in_app' }),
]

test.each(['PostCreated', 'PostUpdated'] as const)(
  'users whom a post mentions are notified once, its author is not: %s',
  (type) => {
    const event = published(type, bob, eve, bob, ada)
    expect(posting.keyOf(event)).toBe(postId)
    expect(told(event)).toEqual([
      notice(postId, 'mentioned', bob),
      notice(postId, 'mentioned', eve),
    ])
  },
)

test('a post without mentions is no work, nor is a deletion', () => {
  expect(posting.keyOf(published('PostCreated'))).toBeUndefined()
  const deleted = recorded(streamOf(post, postId), { type: 'PostDeleted', data: { userId: ada } })
  expect(posting.keyOf(deleted)).toBeUndefined()
})

test('a notification tells a post from a comment', () => {
  const textOf = (event: RecordedEvent) =>
    reacting(posting)
      .given()
      .on(event)
      .steps.map(({ command }) => command.data)
  expect(textOf(published('PostCreated', bob))).toMatchObject([{ text: 'A post mentions you.' }])
  expect(textOf(commented(ada, bob))).toMatchObject([{ text: 'A comment mentions you.' }])
})

test('the author of a post is notified of comments of others, once, and mentioned users are', () => {
  expect(posting.keyOf(commented(bob))).toBe(commentId)
  expect(told(commented(bob))).toEqual([notice(commentId, 'post_commented', ada)])
  expect(told(commented(bob, ada, eve))).toEqual([
    notice(commentId, 'post_commented', ada),
    notice(commentId, 'mentioned', eve),
  ])
  expect(told(commented(ada))).toEqual([])
  expect(told(commented(ada, bob))).toEqual([notice(commentId, 'mentioned', bob)])
})
