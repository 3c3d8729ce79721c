import { describe, expect, test } from 'vitest'
import { derivedId, streamOf } from '#kernel'
import { folding, newId, recorded } from '#kernel/testing'
import { comment, CommentId, like, likeIdOf, post } from '../domains/posts/language.ts'
import { PostId, UserId } from '../domains/shared/index.ts'
import { comments } from './comments.ts'
import { likes } from './likes.ts'
import { posts } from './posts.ts'
import { searchPosts } from './search-posts.ts'

const postId = newId(PostId)
const [ada, bob] = [derivedId(UserId, 'ada'), derivedId(UserId, 'bob')]
const at = '2030-01-01T00:00:00.000Z'
const body = { userId: ada, content: 'Red #lamp', mediaIds: [], tags: ['lamp'], mentions: [] }
const happened = (type: string, data: object) => recorded(streamOf(post, postId), { type, data })
const created = happened('PostCreated', { ...body, createdAt: at })
const deleted = happened('PostDeleted', { userId: ada })
const likeOf = (userId: UserId, type = 'PostLiked') =>
  recorded(streamOf(like, likeIdOf(postId, userId)), { type, data: { postId, userId } })
const written = (id: CommentId, parentId?: CommentId) =>
  recorded(streamOf(comment, id), {
    type: 'CommentCreated',
    data: {
      postId,
      ...(parentId !== undefined && { parentId }),
      postAuthorId: ada,
      userId: bob,
      content: 'Nice',
      mentions: [],
      createdAt: at,
    },
  })
const removed = (id: CommentId, parentId?: CommentId) =>
  recorded(streamOf(comment, id), {
    type: 'CommentDeleted',
    data: { postId, userId: bob, ...(parentId !== undefined && { parentId }) },
  })
const [first, answer, second] = [newId(CommentId), newId(CommentId), newId(CommentId)]

describe('the numbers of a post', () => {
  test('follow from each like and comment', () => {
    const counts = folding(
      posts,
      created,
      likeOf(ada),
      likeOf(bob),
      likeOf(ada, 'PostUnliked'),
      written(first),
      written(answer, first),
      removed(first),
    ).into(postId)
    expect(counts).toMatchObject({
      id: postId,
      content: 'Red #lamp',
      likeCount: 1,
      commentCount: 1,
    })
  })

  test('of a deleted post are gone, whatever comes later', () =>
    expect(
      folding(
        posts,
        created,
        likeOf(ada),
        deleted,
        likeOf(ada, 'PostUnliked'),
        written(first),
      ).into(postId),
    ).toBeUndefined())

  test('stay as the post is edited; an omitted text is gone', () => {
    const { content: _, ...rest } = body
    const edited = happened('PostUpdated', { ...rest, tags: [], editedAt: at })
    expect(folding(posts, created, likeOf(ada), edited).into(postId)).toStrictEqual({
      id: postId,
      ...rest,
      tags: [],
      likeCount: 1,
      commentCount: 0,
      createdAt: at,
      editedAt: at,
    })
    expect(folding(posts, edited).into(postId)).toBeUndefined()
  })
})

test('a like is there until it is taken back', () => {
  const id = likeIdOf(postId, ada)
  expect(folding(likes, likeOf(ada)).into(id)).toStrictEqual({ id, postId, userId: ada, at })
  expect(folding(likes, likeOf(ada), likeOf(ada, 'PostUnliked')).into(id)).toBeUndefined()
})

describe('a comment', () => {
  const answered = [written(first), written(answer, first), written(second, first)]

  test('has its answers counted', () => {
    expect(folding(comments, ...answered).into(first)).toStrictEqual({
      id: first,
      postId,
      userId: bob,
      content: 'Nice',
      mentions: [],
      answers: 2,
      createdAt: at,
    })
    expect(folding(comments, ...answered).into(answer)).toMatchObject({
      parentId: first,
      answers: 0,
    })
    expect(folding(comments, ...answered, removed(answer, first)).into(first)?.answers).toBe(1)
  })

  test('stays as its only answer is deleted, which concerns both', () => {
    const only = [written(first), written(answer, first), removed(answer, first)]
    expect(folding(comments, ...only).into(first)).toMatchObject({ userId: bob, answers: 0 })
    expect(comments.keysOf(removed(answer, first))).toEqual([answer, first])
    expect(comments.keysOf(removed(first))).toEqual([first])
    expect(folding(comments, removed(first)).into(first)).toBeUndefined()
  })

  test('is gone once deleted, unless it has answers: then its author and text are', () => {
    expect(folding(comments, written(first), removed(first)).into(first)).toBeUndefined()
    expect(folding(comments, ...answered, removed(first)).into(first)).toStrictEqual({
      id: first,
      postId,
      mentions: [],
      answers: 2,
      createdAt: at,
    })
    const all = [removed(first), removed(answer, first), removed(second, first)]
    expect(folding(comments, ...answered, ...all).into(first)).toBeUndefined()
    expect(folding(comments, ...answered, ...all).into(answer)).toBeUndefined()
    expect(folding(comments, written(answer, first)).into(first)).toBeUndefined()
  })
})

test('a post is searched by what it says now', () => {
  const found = folding(searchPosts, created).into(postId)
  expect(found).toMatchObject({ content: 'Red #lamp', tags: ['lamp'], tagLine: ' lamp ' })
  const { content: _, ...rest } = body
  const edited = happened('PostUpdated', { ...rest, tags: [], editedAt: at })
  expect(folding(searchPosts, created, edited).into(postId)).toStrictEqual({
    id: postId,
    userId: ada,
    tags: [],
    tagLine: '',
    createdAt: at,
  })
  expect(folding(searchPosts, created, deleted).into(postId)).toBeUndefined()
  expect(folding(searchPosts, edited).into(postId)).toBeUndefined()
})
