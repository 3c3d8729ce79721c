import { useInfiniteQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import type { User } from '../app/session.tsx'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Empty, Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Muted, Page, Stack } from '../ui/layout.tsx'
import { Composer } from './composer.tsx'
import { Members } from './members.tsx'
import { PostCard } from './post-card.tsx'
import { feedQuery } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import css from './post.module.css'
import { postsIn } from './shown-posts.ts'
import { useLivePosts } from './use-live-posts.ts'
import { useNewPosts } from './use-new-posts.ts'

const Feed = () => {
  const t = useTexts(postTexts)
  const { number } = useFormats()
  const list = useRef<HTMLElement>(null)
  const query = useInfiniteQuery(feedQuery)
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  const posts = data ? postsIn(data) : []
  const ids = posts.map(({ id }) => id)
  useLivePosts(ids)
  const { waiting, show } = useNewPosts({
    first: data?.pages[0],
    shown: new Set(ids),
    onSkipped: () => void refetch(),
  })
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={3} />
  return (
    <>
      <div className={css.new} role="status">
        {waiting.length > 0 && (
          <Button
            look="primary"
            onClick={() => {
              show()
              list.current?.focus()
              list.current?.scrollIntoView({ block: 'start' })
            }}
          >
            {t.newPosts(number(waiting.length), waiting.length === 1)}
          </Button>
        )}
      </div>
      <section ref={list} className={css.list} tabIndex={-1} aria-label={t.posts}>
        <Stack>
          {posts.length === 0 ? (
            <Empty>
              <p>{t.feedEmpty}</p>
              <ButtonLink to="/people">{t.people}</ButtonLink>
            </Empty>
          ) : (
            posts.map((post) => <PostCard key={post.id} post={post} />)
          )}
          <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
          {!hasNextPage && posts.length > 0 && <Muted>{t.feedEnd}</Muted>}
        </Stack>
      </section>
    </>
  )
}

const OwnFeed = ({ user }: { readonly user: User }) => {
  const t = useTexts(postTexts)
  return (
    <Page title={t.feed} narrow actions={<ButtonLink to="/people">{t.people}</ButtonLink>}>
      <Composer user={user} />
      <Feed />
    </Page>
  )
}

/** The feed of the signed-in user, with a field for a new post. */
const FeedPage = () => {
  const t = useTexts(postTexts)
  return <Members title={t.feed}>{(user) => <OwnFeed user={user} />}</Members>
}

export default FeedPage
