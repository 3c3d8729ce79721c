import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTexts } from '../../i18n/language.tsx'
import { Empty, Failure, Loaded, More, Skeleton } from '../../ui/feedback.tsx'
import { Card, List, Muted, Row, Stack } from '../../ui/layout.tsx'
import { Stars } from '../../ui/media.tsx'
import { Ago } from '../../ui/time.tsx'
import { reviewsQuery, subjectsQuery } from './moderation-queries.ts'
import { moderationTexts } from './moderation-texts.ts'
import { Removal } from './removal.tsx'

const Reviews = ({ kind, id }: { readonly kind: 'product' | 'gig'; readonly id: string }) => {
  const t = useTexts(moderationTexts)
  const query = useInfiniteQuery(reviewsQuery(kind, id))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data) return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />
  const reviews = data.pages.flatMap((page) => page.reviews)
  if (reviews.length === 0) return <Muted>{t.noReviews}</Muted>
  return (
    <>
      <List label={t.reviews}>
        {reviews.map(({ id: reviewId, rating, comment = '', author, createdAt }) => (
          <li key={reviewId}>
            <Stars rating={rating} />
            <p>{comment}</p>
            <Row between>
              <Muted>
                {t.by} {author?.name ?? author?.username ?? t.somebody}, <Ago at={createdAt} />
              </Muted>
              <Removal kind="review" id={reviewId} text={comment} />
            </Row>
          </li>
        ))}
      </List>
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </>
  )
}

/** Reviews of the products and gigs with a name, each to be deleted. */
export const ModeratedReviews = ({ q }: { readonly q: string }) => {
  const t = useTexts(moderationTexts)
  const query = useQuery(subjectsQuery(q))
  if (q === '')
    return (
      <Empty>
        <p>{t.chooseProduct}</p>
      </Empty>
    )
  return (
    <Loaded query={query}>
      {(subjects) =>
        subjects.length === 0 ? (
          <Empty>
            <p>{t.noReviews}</p>
          </Empty>
        ) : (
          <Stack>
            {subjects.map(({ id, name, kind }) => (
              <Card key={id} title={t.of(name)}>
                <Reviews kind={kind} id={id} />
              </Card>
            ))}
          </Stack>
        )
      }
    </Loaded>
  )
}
