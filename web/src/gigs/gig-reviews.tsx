import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Failure, More, Skeleton } from '../ui/feedback.tsx'
import { Form, TextArea } from '../ui/form.tsx'
import { List, Muted, Stack } from '../ui/layout.tsx'
import { gigReviewsQuery } from './gig-queries.ts'
import { ReviewCard } from './review-card.tsx'
import { gigTexts } from './texts.ts'

/** The answer of the reviewed seller, of which there is one. */
const Answer = ({ reviewId: id }: { readonly reviewId: string }) => {
  const t = useTexts(gigTexts)
  const [isOpen, setIsOpen] = useState(false)
  const answer = useCommand({
    send: (text: string, once) =>
      run(
        api.POST('/api/v1/reviews/{id}/answer', {
          params: { path: { id } },
          body: { text },
          ...once,
        }),
      ),
  })
  if (!isOpen)
    return (
      <div>
        <Button small onClick={() => setIsOpen(true)}>
          {t.sendAnswer}
        </Button>
      </div>
    )
  return (
    <Form
      submitLabel={t.sendAnswer}
      busy={answer.isPending}
      error={answer.error}
      onSubmit={(values) => answer.mutate(values.text('text'))}
    >
      <TextArea name="text" label={t.answer} maxLength={5_000} />
    </Form>
  )
}

/** The reviews of a gig. @param props.isOwn whether the user is its seller, who may answer */
export const GigReviews = ({
  gigId,
  isOwn,
}: {
  readonly gigId: string
  readonly isOwn: boolean
}) => {
  const t = useTexts(gigTexts)
  const query = useInfiniteQuery(gigReviewsQuery(gigId))
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data) return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton />
  const reviews = data.pages.flatMap((page) => page.reviews)
  return (
    <Stack>
      <h2>{t.reviews}</h2>
      {reviews.length === 0 ? (
        <Muted>{t.noReviews}</Muted>
      ) : (
        <List label={t.reviews}>
          {reviews.map((review) => (
            <li key={review.id}>
              <ReviewCard review={review}>
                {isOwn && !review.answer && <Answer reviewId={review.id} />}
              </ReviewCard>
            </li>
          ))}
        </List>
      )}
      <More has={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
    </Stack>
  )
}
