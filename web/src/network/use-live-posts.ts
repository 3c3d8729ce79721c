import { useEffect, useRef } from 'react'
import { ask } from '../api/sockets.ts'
import { useLive } from '../api/use-live.ts'
import { useSession } from '../app/session.tsx'
import { useShownPosts } from './use-shown-posts.ts'

/** Pause after the last push about comments until they are counted, in ms. */
const recountAfterMs = 150

/**
 * Keeps the posts that a page shows up to date: text, likes, comments, and their end. Numbers are states, which each
 * subscription begins with, so that nothing is missing after a break of the connection.
 * @param ids of the posts, in any order
 */
export const useLivePosts = (ids: readonly string[]): void => {
  const { isSignedIn } = useSession()
  const { changePost, removePost, addComment, removeComment, readComments } = useShownPosts()
  /** The posts that the present connection is subscribed to; undefined before the first one. */
  const subscribed = useRef<Set<string>>(undefined)

  /** Timers of the posts that are about to be counted, by id. */
  const counting = useRef(new Map<string, ReturnType<typeof setTimeout>>())

  const follow = (postId: string, afterPosition?: string): Promise<void> =>
    ask('/feed', 'post:subscribe', {
      postId,
      ...(afterPosition !== undefined && { afterPosition }),
    }).then(
      ({ likeCount, commentCount }) =>
        changePost(postId, (post) => ({ ...post, likeCount, commentCount })),
      () => undefined,
    )
  /** Subscribes again after a push: the answer has the numbers, of which this push does not say whether they are known. */
  const recount = ({
    postId,
    position,
  }: {
    readonly postId: string
    readonly position: string
  }) => {
    clearTimeout(counting.current.get(postId))
    const count = (): void => {
      if (subscribed.current?.has(postId)) void follow(postId, position)
    }
    counting.current.set(postId, setTimeout(count, recountAfterMs))
  }
  const followAll = (): void => {
    const now = subscribed.current
    if (!now) return
    for (const id of ids) {
      if (now.has(id)) continue
      now.add(id)
      void follow(id).then(() => readComments(id))
    }
    for (const id of now) {
      if (ids.includes(id)) continue
      now.delete(id)
      void ask('/feed', 'post:unsubscribe', { postId: id }).catch(() => undefined)
    }
  }
  const count = ({ postId, likeCount }: { readonly postId: string; readonly likeCount: number }) =>
    changePost(postId, (post) => ({ ...post, likeCount }))

  useLive(
    '/feed',
    {
      'post:liked': count,
      'post:unliked': count,
      'post:updated': ({ post: changed }) =>
        changePost(changed.id, (post) => ({ ...post, ...changed })),
      'post:deleted': ({ postId }) => removePost(postId),
      'comment:created': (comment) => {
        addComment({ ...comment, answers: 0 })
        recount(comment)
      },
      'comment:deleted': (comment) => {
        removeComment(comment)
        recount(comment)
      },
    },
    {
      enabled: isSignedIn,
      onConnect: () => {
        subscribed.current = new Set()
        followAll()
      },
      onLeave: () => {
        for (const postId of subscribed.current ?? [])
          void ask('/feed', 'post:unsubscribe', { postId }).catch(() => undefined)
        subscribed.current = undefined
      },
    },
  )
  const wanted = ids.join()
  useEffect(() => {
    followAll()
    // Its dependencies are those of `wanted`.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted])
}
