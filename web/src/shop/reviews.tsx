import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Failure, More, Progress, Skeleton } from '../ui/feedback.tsx'
import { Select } from '../ui/form.tsx'
import { Card, List, Muted, Row, Sides, Stack } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import { Badge } from '../ui/notice.tsx'
import { Ago } from '../ui/time.tsx'
import { OwnReview } from './own-review.tsx'
import { reviewSorts, reviewsQuery, type Review, type ReviewsPage } from './review-queries.ts'
import { reviewTexts } from './review-texts.ts'
import css from './reviews.module.css'

const OneReview = ({
  review: { author, rating, verified, comment, answer, createdAt, updatedAt },
}: {
  readonly review: Review
}) => {
  const t = useTexts(reviewTexts)
  return (
    <li>
      <Card>
        <Row between>
          <Row>
            <strong>{author?.name ?? author?.username ?? t.former}</strong>
            {verified && <Badge kind="good">{t.verified}</Badge>}
          </Row>
          <Muted>
            <Ago at={createdAt} />
            {updatedAt !== createdAt && `, ${t.edited}`}
          </Muted>
        </Row>
        <Stars rating={rating} />
        {comment !== undefined && <p className={css.text}>{comment}</p>}
        {answer && (
          <p className={css.text}>
            <Muted>{t.answer}: </Muted>
            {answer.text}
          </p>
        )}
      </Card>
    </li>
  )
}

const stars = ['5', '4', '3', '2', '1'] as const

const Sums = ({ page: { average, histogram, total } }: { readonly page: ReviewsPage }) => {
  const t = useTexts(reviewTexts)
  const { number } = useFormats()
  return (
    <Card>
      <span>
        <strong>{t.average(number(Math.round(average * 10) / 10))}</strong>{' '}
        <Muted>{t.count(number(total))}</Muted>
      </span>
      <div className={css.sums}>
        {stars.map((one) => (
          <Progress
            key={one}
            label={t.share(Number(one), number(histogram[one]))}
            share={total === 0 ? 0 : histogram[one] / total}
          />
        ))}
      </div>
    </Card>
  )
}

/** Reviews of a product, with the average, and the user's own. */
export const Reviews = ({ productId }: { readonly productId: string }) => {
  const t = useTexts(reviewTexts)
  const [sort, setSort] = useState<(typeof reviewSorts)[number]>(reviewSorts[0])
  const query = useInfiniteQuery(reviewsQuery(productId, sort))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  const reviews = data?.pages.flatMap((page) => page.reviews) ?? []
  const [first] = data?.pages ?? []
  const section = useRef<HTMLElement>(null)
  useEffect(() => {
    if (location.hash === '#reviews') section.current?.scrollIntoView()
  }, [])
  return (
    <section ref={section} id="reviews" aria-label={t.title}>
      <Stack>
        <h2>{t.title}</h2>
        <Sides>
          <Stack>
            {!data &&
              (error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />)}
            {data && reviews.length === 0 && <p>{t.none}</p>}
            {reviews.length > 1 && (
              <Select
                name="sort"
                label={t.sort}
                value={sort}
                onChange={({ currentTarget: { value } }) =>
                  setSort(reviewSorts.find((one) => one === value) ?? reviewSorts[0])
                }
                options={[
                  ['-createdAt', t.newest],
                  ['createdAt', t.oldest],
                ]}
              />
            )}
            <List label={t.list}>
              {reviews.map((review) => (
                <OneReview key={review.id} review={review} />
              ))}
            </List>
            <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
          </Stack>
          <Stack>
            {first && first.total > 0 && <Sums page={first} />}
            <OwnReview productId={productId} />
          </Stack>
        </Sides>
      </Stack>
    </section>
  )
}
