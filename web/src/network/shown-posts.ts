import type { InfiniteData } from '@tanstack/react-query'
import type { Comment, CommentPage, Post, PostPage } from './post-queries.ts'

/** Pages of posts as the cache has them. */
export type PostPages = InfiniteData<PostPage, unknown>

/** Pages of comments as the cache has them. */
export type CommentPages = InfiniteData<CommentPage, unknown>

/** What a query below `postsKey` has: one post, or pages of them. */
export type ShownPosts = Post | PostPages

const onFirst = <P>(
  data: InfiniteData<P, unknown>,
  change: (page: P) => P,
): InfiniteData<P, unknown> => ({
  ...data,
  pages: data.pages.map((page, nth) => (nth === 0 ? change(page) : page)),
})

/** Returns posts of which one is changed. */
export const withChanged = (
  shown: ShownPosts,
  id: string,
  change: (post: Post) => Post,
): ShownPosts => {
  if (!('pages' in shown)) return shown.id === id ? change(shown) : shown
  if (!shown.pages.some(({ posts }) => posts.some((post) => post.id === id))) return shown
  return {
    ...shown,
    pages: shown.pages.map((page) => ({
      ...page,
      posts: page.posts.map((post) => (post.id === id ? change(post) : post)),
    })),
  }
}

/** Returns pages of posts without one of them. */
export const withoutPost = (shown: PostPages, id: string): PostPages => ({
  ...shown,
  pages: shown.pages.map((page) => ({
    ...page,
    posts: page.posts.filter((post) => post.id !== id),
  })),
})

/** Returns all posts of some pages, each once. */
export const postsIn = ({ pages }: PostPages): readonly Post[] => [
  ...new Map(pages.flatMap(({ posts }) => posts).map((post) => [post.id, post])).values(),
]

/** Returns pages with further posts before all others; those that are there already stay where they are. */
export const withNewPosts = (shown: PostPages, posts: readonly Post[]): PostPages => {
  const known = new Set(postsIn(shown).map(({ id }) => id))
  const added = posts.filter(({ id }) => !known.has(id))
  return onFirst(shown, (page) => ({ ...page, posts: [...added, ...page.posts] }))
}

/** Returns comments with another one, unless it is there already. */
export const withComment = (shown: CommentPages, comment: Comment): CommentPages => {
  const isKnown = shown.pages.some(({ comments }) => comments.some(({ id }) => id === comment.id))
  if (isKnown) return shown
  return onFirst(shown, (page) => ({ ...page, comments: [comment, ...page.comments] }))
}

/** Returns comments without one of them; one that has answers stays as a deleted one. */
export const withoutComment = (shown: CommentPages, id: string): CommentPages => {
  const all = shown.pages.flatMap(({ comments }) => comments)
  const isAnswered = all.some(({ parentId }) => parentId === id)
  return {
    ...shown,
    pages: shown.pages.map((page) => ({
      ...page,
      comments: page.comments.flatMap((comment): Comment[] => {
        if (comment.id !== id) return [comment]
        const { postId, createdAt, answers } = comment
        if (!isAnswered && answers === 0) return []
        return [{ id, postId, createdAt, answers, content: '', mentions: [], deleted: true }]
      }),
    })),
  }
}
