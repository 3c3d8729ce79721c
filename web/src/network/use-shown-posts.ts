import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import {
  commentsQuery,
  feedQuery,
  postQuery,
  postsOfQuery,
  postsKey,
  type Comment,
  type Post,
} from './post-queries.ts'
import {
  withChanged,
  withComment,
  withNewPosts,
  withoutComment,
  withoutPost,
  type ShownPosts,
} from './shown-posts.ts'

/** Changes of the posts and comments that pages show, wherever they are shown. */
export const useShownPosts = () => {
  const queries = useQueryClient()
  return useMemo(() => {
    const changePost = (id: string, change: (post: Post) => Post): void =>
      void queries.setQueriesData<ShownPosts>(
        { queryKey: postsKey },
        (shown) => shown && withChanged(shown, id, change),
      )
    return {
      changePost,
      /** Shows posts at the top of the feed. */
      addPosts: (posts: readonly Post[]): void =>
        void queries.setQueryData(
          feedQuery.queryKey,
          (shown) => shown && withNewPosts(shown, posts),
        ),
      /** Removes a post from all lists; its own page finds that it is gone. */
      removePost: (id: string): void => {
        queries.setQueriesData<ShownPosts>({ queryKey: postsKey }, (shown) =>
          shown && 'pages' in shown ? withoutPost(shown, id) : shown,
        )
        void queries.invalidateQueries({ queryKey: postQuery(id).queryKey })
      },
      /** Has the posts of a user read again when they are shown next: whether they may be read has changed. */
      noteStale: (userId: string): void =>
        void queries.invalidateQueries({
          queryKey: postsOfQuery(userId).queryKey,
          refetchType: 'none',
        }),
      addComment: (comment: Comment): void => {
        const { queryKey } = commentsQuery(comment.postId)
        if (queries.getQueryData(queryKey))
          queries.setQueryData(queryKey, (shown) => shown && withComment(shown, comment))
        // An answer that is under way may lack it.
        else void queries.invalidateQueries({ queryKey })
      },
      removeComment: ({ id, postId }: Pick<Comment, 'id' | 'postId'>): void =>
        void queries.setQueryData(
          commentsQuery(postId).queryKey,
          (shown) => shown && withoutComment(shown, id),
        ),
      /** Reads the comments of a post again, as after a break of the connection. */
      readComments: (postId: string): void =>
        void queries.invalidateQueries({ queryKey: commentsQuery(postId).queryKey }),
    }
  }, [queries])
}
