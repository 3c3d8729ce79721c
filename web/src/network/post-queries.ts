import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, read, whole, type DataOf } from '../api/client.ts'

/** A post as the signed-in user sees it. */
export type Post = DataOf<'/api/v1/posts/{id}', 'get'>

/** An author of posts and comments, with the present names. */
export type Author = Post['author']

/** A page of posts. */
export type PostPage = {
  readonly posts: readonly Post[]
  readonly nextCursor?: string | undefined
  /** Position up to which it includes what happened; what comes later is pushed. */
  readonly position?: string | undefined
}

/** A page of the comments of a post, the latest first. */
export type CommentPage = Omit<DataOf<'/api/v1/posts/{id}/comments', 'get'>, 'comments'> & {
  readonly comments: readonly Comment[]
}

/** A comment as the readers of its post see it; a deleted one has neither author nor text. */
export type Comment = DataOf<'/api/v1/posts/{id}/comments', 'get'>['comments'][number]

/** Key of everything that shows posts. */
export const postsKey = ['posts'] as const

const firstPage: { readonly initialPageParam: string | undefined } = { initialPageParam: undefined }

const limit = 20

const feedPage = async (cursor?: string): Promise<PostPage> => {
  const { data, meta } = await whole(
    api.GET('/api/v1/posts/feed', {
      params: { query: { limit, ...(cursor !== undefined && { cursor }) } },
    }),
  )
  return { ...data, position: meta.position }
}

/** The feed, page by page. It is never read again by itself, as this would move what is being read: new posts are pushed. */
export const feedQuery = infiniteQueryOptions({
  queryKey: [...postsKey, 'feed'],
  queryFn: ({ pageParam }) => feedPage(pageParam),
  ...firstPage,
  getNextPageParam: ({ nextCursor }) => nextCursor,
  staleTime: Infinity,
})

/** The latest posts of the feed, for the time without pushes. */
export const latestPostsQuery = queryOptions({
  queryKey: ['latest-posts'],
  queryFn: () => feedPage(),
  staleTime: 0,
})

/** The posts of a user, page by page. */
export const postsOfQuery = (userId: string) =>
  infiniteQueryOptions({
    queryKey: [...postsKey, 'of', userId],
    queryFn: async ({ pageParam: cursor }): Promise<PostPage> =>
      read(
        api.GET('/api/v1/users/{id}/posts', {
          params: {
            path: { id: userId },
            query: { limit, ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    ...firstPage,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })

/** One post. */
export const postQuery = (id: string) =>
  queryOptions({
    queryKey: [...postsKey, 'one', id],
    queryFn: () => read(api.GET('/api/v1/posts/{id}', { params: { path: { id } } })),
  })

/** The comments of a post and their answers, page by page, the latest first. */
export const commentsQuery = (postId: string) =>
  infiniteQueryOptions({
    queryKey: ['comments', postId],
    queryFn: async ({ pageParam: cursor }): Promise<CommentPage> =>
      read(
        api.GET('/api/v1/posts/{id}/comments', {
          params: {
            path: { id: postId },
            query: { limit, sort: '-createdAt', ...(cursor !== undefined && { cursor }) },
          },
        }),
      ),
    ...firstPage,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  })
