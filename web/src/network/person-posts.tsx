import { useInfiniteQuery } from '@tanstack/react-query'
import { useFallbackInterval } from '../api/use-live.ts'
import { useTexts } from '../i18n/language.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Stack } from '../ui/layout.tsx'
import { peopleTexts } from './people-texts.ts'
import { PostCard } from './post-card.tsx'
import { postsOfQuery } from './post-queries.ts'
import { postsIn } from './shown-posts.ts'
import { useLivePosts } from './use-live-posts.ts'

/** The posts of a person, the latest first. */
export const PersonPosts = ({ userId }: { readonly userId: string }) => {
  const t = useTexts(peopleTexts)
  const query = useInfiniteQuery({
    ...postsOfQuery(userId),
    refetchInterval: useFallbackInterval(),
  })
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  const posts = data ? postsIn(data) : []
  useLivePosts(posts.map(({ id }) => id))
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={2} />
  return (
    <Stack>
      {posts.length === 0 && (
        <Empty>
          <p>{t.noPosts}</p>
        </Empty>
      )}
      {posts.map((post) => (
        <PostCard key={post.id} post={post} />
      ))}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </Stack>
  )
}
