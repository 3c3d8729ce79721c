import { expect, test } from 'vitest'
import type { Comment, Post } from './post-queries.ts'
import {
  postsIn,
  withChanged,
  withComment,
  withNewPosts,
  withoutComment,
  withoutPost,
  type CommentPages,
  type PostPages,
} from './shown-posts.ts'

const post = (id: string): Post => ({
  id,
  postId: id,
  userId: 'u',
  content: id,
  media: [],
  tags: [],
  mentions: [],
  likeCount: 0,
  commentCount: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  author: { id: 'u' },
  liked: false,
})

const pagesOf = (...pages: readonly (readonly string[])[]): PostPages => ({
  pages: pages.map((ids) => ({ posts: ids.map(post) })),
  pageParams: pages.map(() => undefined),
})

const ids = (shown: PostPages): readonly string[] => postsIn(shown).map(({ id }) => id)

test('a post is changed wherever it is shown', () => {
  const like = (one: Post): Post => ({ ...one, likeCount: 7 })
  const changed = withChanged(pagesOf(['a'], ['b']), 'b', like)
  expect('pages' in changed && postsIn(changed).map(({ likeCount }) => likeCount)).toStrictEqual([
    0, 7,
  ])
  expect(withChanged(post('b'), 'b', like)).toMatchObject({ likeCount: 7 })
  const others = pagesOf(['a'])
  expect(withChanged(others, 'b', like)).toBe(others)
})

test('new posts come first, each once', () => {
  expect(ids(withNewPosts(pagesOf(['b'], ['c']), [post('a'), post('c')]))).toStrictEqual([
    'a',
    'b',
    'c',
  ])
  expect(ids(withoutPost(pagesOf(['a', 'b']), 'a'))).toStrictEqual(['b'])
})

const comment = (id: string, parentId?: string): Comment => ({
  id,
  postId: 'p',
  userId: 'u',
  content: id,
  mentions: [],
  answers: 0,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...(parentId !== undefined && { parentId }),
})

const comments = (...all: readonly Comment[]): CommentPages => ({
  pages: [{ comments: [...all], total: all.length, page: 1, limit: 20 }],
  pageParams: [undefined],
})

const commentsIn = ({ pages }: CommentPages) => pages.flatMap((page) => page.comments)

test('a comment that arrives twice is shown once', () => {
  const one = withComment(comments(), comment('a'))
  expect(withComment(one, comment('a'))).toBe(one)
  expect(commentsIn(one)).toHaveLength(1)
})

test('a deleted comment goes, unless it has answers', () => {
  const shown = comments(comment('b', 'a'), comment('a'), comment('c'))
  expect(commentsIn(withoutComment(shown, 'c')).map(({ id }) => id)).toStrictEqual(['b', 'a'])
  const [, left] = commentsIn(withoutComment(shown, 'a'))
  expect(left).toMatchObject({ id: 'a', deleted: true, content: '' })
  expect(left?.userId).toBeUndefined()
})
