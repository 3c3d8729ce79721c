import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { ask } from '../api/sockets.ts'
import { useFallbackInterval, useLive } from '../api/use-live.ts'
import type { Post, PostPage } from './post-queries.ts'
import { latestPostsQuery } from './post-queries.ts'
import { useShownPosts } from './use-shown-posts.ts'

/**
 * Posts that came to the feed after it was read, the latest first: they wait until the reader wants them, as they would
 * move what is being read.
 * @param options.first the first page of the feed; undefined until it is read
 * @param options.shown ids of the posts that the feed shows
 * @param options.onSkipped called when so many came that the feed has to be read again
 */
export const useNewPosts = ({
  first,
  shown,
  onSkipped,
}: {
  readonly first: PostPage | undefined
  readonly shown: ReadonlySet<string>
  readonly onSkipped: () => void
}) => {
  const { addPosts } = useShownPosts()
  const [waiting, setWaiting] = useState<readonly Post[]>([])
  /** Position of the last push. */
  const last = useRef<string>(undefined)

  const subscribe = async (): Promise<void> => {
    const afterPosition = last.current ?? first?.position
    const { position, skipped } = await ask('/feed', 'feed:subscribe', {
      ...(afterPosition !== undefined && { afterPosition }),
    })
    if (skipped) {
      last.current = position
      onSkipped()
    }
  }
  useLive(
    '/feed',
    {
      'post:created': ({ post, position }) => {
        last.current = position
        setWaiting((all) =>
          all.some(({ id }) => id === post.id) ? all : [{ ...post, liked: false }, ...all],
        )
      },
      'post:deleted': ({ postId }) => setWaiting((all) => all.filter(({ id }) => id !== postId)),
    },
    {
      enabled: first !== undefined,
      onConnect: () => void subscribe().catch(() => undefined),
      onLeave: () => void ask('/feed', 'feed:unsubscribe', {}).catch(() => undefined),
    },
  )

  const interval = useFallbackInterval()
  const { data: polled } = useQuery({
    ...latestPostsQuery,
    enabled: interval !== false && first !== undefined,
    refetchInterval: interval,
  })
  const known = new Set(waiting.map(({ id }) => id))
  const all = [
    ...(interval === false ? [] : (polled?.posts ?? [])).filter(({ id }) => !known.has(id)),
    ...waiting,
  ].filter(({ id }) => !shown.has(id))
  return {
    waiting: all,
    /** Shows them at the top of the feed. */
    show: (): void => {
      addPosts(all)
      setWaiting([])
    },
  }
}
