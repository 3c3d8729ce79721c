import { describe, expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { given, newId } from '#kernel/testing'
import { MediaId, PostId, UserId } from '../shared/index.ts'
import { comment, CommentId } from './comment.ts'
import { like, likeIdOf } from './like.ts'
import { post } from './post.ts'

const userId = derivedId(UserId, 'ada')
const now = '2030-01-01T00:00:00.000Z'
const mediaIds = [newId(MediaId)]
const plain = { mediaIds: [], mentions: [] }
const created = {
  type: 'PostCreated' as const,
  data: { userId, content: 'Hi #Über', ...plain, tags: ['über'], createdAt: now },
}
const deleted = { type: 'PostDeleted' as const, data: { userId } }
const update = (body: { content?: string; mediaIds?: MediaId[] }) => ({
  type: 'UpdatePost' as const,
  data: { ...plain, ...body },
})

describe('a post', () => {
  test('has a text with tags, files, or both, and is published once', () => {
    const create = { type: 'CreatePost' as const, data: { userId, content: 'Hi #Über', ...plain } }
    given(post).when(create).yields(created)
    given(post, created).when(create).yields()
    given(post)
      .when({ type: 'CreatePost', data: { userId, ...plain, mediaIds } })
      .yields({
        type: 'PostCreated',
        data: { userId, ...plain, mediaIds, tags: [], createdAt: now },
      })
    given(post)
      .when({ type: 'CreatePost', data: { userId, ...plain } })
      .refuses('EmptyPost')
  })

  test('is edited with a mark, and only by what differs', () => {
    given(post, created)
      .when(update({ content: 'Hi', mediaIds }))
      .yields(
        { type: 'PostMediaChanged', data: { added: mediaIds, dropped: [] } },
        {
          type: 'PostUpdated',
          data: { userId, content: 'Hi', ...plain, mediaIds, tags: [], editedAt: now },
        },
      )
    given(post, created)
      .when(update({ content: 'Hi #Über' }))
      .yields()
    for (const body of [{ content: 'Hi' }])
      given(post, created)
        .when(update(body))
        .yields({
          type: 'PostUpdated',
          data: {
            userId,
            ...plain,
            ...body,
            tags: [],
            editedAt: now,
          },
        })
    given(post, created).when(update({})).refuses('EmptyPost')
    const edited = post.evolve(post.evolve(post.initialState, created), {
      type: 'PostUpdated',
      data: { userId, ...plain, mediaIds, tags: [], editedAt: now },
    })
    expect(edited).toStrictEqual({
      status: 'present',
      userId,
      ...plain,
      mediaIds,
      tags: [],
      createdAt: now,
      editedAt: now,
    })
  })

  test('says which files it no longer refers to', () => {
    const withFiles = { ...created, data: { ...created.data, mediaIds } }
    const [other] = [newId(MediaId)]
    given(post, withFiles)
      .when(update({ content: 'Hi', mediaIds: [other] }))
      .yields(
        { type: 'PostMediaChanged', data: { added: [other], dropped: mediaIds } },
        {
          type: 'PostUpdated',
          data: { userId, content: 'Hi', ...plain, mediaIds: [other], tags: [], editedAt: now },
        },
      )
    given(post, withFiles)
      .when({ type: 'DeletePost', data: {} })
      .yields(
        { type: 'PostMediaChanged', data: { added: [], dropped: mediaIds, ended: true } },
        deleted,
      )
  })

  test('is deleted once, and not changed afterwards', () => {
    const remove = { type: 'DeletePost' as const, data: {} }
    given(post).when(remove).refuses('NoSuchPost')
    given(post, created).when(remove).yields(deleted)
    given(post, created, deleted).when(remove).yields()
    given(post, created, deleted)
      .when(update({ content: 'Hi' }))
      .refuses('NoSuchPost')
    const late = { type: 'PostUpdated' as const, data: { ...created.data, editedAt: now } }
    const { createdAt: _, ...data } = late.data
    given(post, created, deleted, { ...late, data })
      .when(remove)
      .yields()
    given(post)
      .when(update({ content: 'Hi' }))
      .refuses('NoSuchPost')
  })
})

describe('a like', () => {
  const pair = { postId: newId(PostId), userId }
  const liked = { type: 'PostLiked' as const, data: pair }
  const unliked = { type: 'PostUnliked' as const, data: pair }

  test('is recorded once, and taken back once', () => {
    const [add, remove] = [
      { type: 'LikePost' as const, data: pair },
      { type: 'UnlikePost' as const, data: pair },
    ]
    given(like).when(add).yields(liked)
    given(like, liked).when(add).yields()
    given(like, liked).when(remove).yields(unliked)
    given(like).when(remove).yields()
    given(like, liked, unliked).when(remove).yields()
    given(like, liked, unliked).when(add).yields(liked)
  })

  test('has a stream for each post and user', () => {
    const others = [
      likeIdOf(pair.postId, userId),
      likeIdOf(newId(PostId), userId),
      likeIdOf(pair.postId, derivedId(UserId, 'bob')),
    ]
    expect(new Set(others).size).toBe(3)
    expect(likeIdOf(pair.postId, userId)).toBe(others[0])
  })
})

describe('a comment', () => {
  const place = { postId: newId(PostId), parentId: newId(CommentId) }
  const data = { ...place, userId, postAuthorId: derivedId(UserId, 'bob'), mentions: [] }
  const written = {
    type: 'CommentCreated' as const,
    data: { ...data, content: 'Nice', createdAt: now },
  }
  const removed = { type: 'CommentDeleted' as const, data: { ...place, userId } }
  const remove = { type: 'DeleteComment' as const, data: {} }

  test('is written once and deleted once', () => {
    const create = { type: 'CreateComment' as const, data: { ...data, content: 'Nice' } }
    given(comment).when(create).yields(written)
    given(comment, written).when(create).yields()
    given(comment).when(remove).refuses('NoSuchComment')
    given(comment, written).when(remove).yields(removed)
    given(comment, written, removed).when(remove).yields()
    given(comment, written, removed).when(create).yields()
  })

  test('without a parent has none in its deletion', () => {
    const { parentId: _, ...rest } = written.data
    given(comment, { ...written, data: rest })
      .when(remove)
      .yields({ type: 'CommentDeleted', data: { postId: place.postId, userId } })
  })
})
