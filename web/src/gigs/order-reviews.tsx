import { useQuery } from '@tanstack/react-query'
import { api, run, type BodyOf } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useTexts } from '../i18n/language.tsx'
import { Loaded } from '../ui/feedback.tsx'
import { Form, Select, TextArea } from '../ui/form.tsx'
import { Card, Muted, Stack } from '../ui/layout.tsx'
import type { Review } from './gig-queries.ts'
import { orderReviewsQuery } from './order-queries.ts'
import type { Order, Side } from './order-rights.ts'
import { roomTexts } from './order-room-texts.ts'
import { ReviewCard } from './review-card.tsx'
import { useReviewsLive } from './use-reviews-live.ts'

type Subject = Pick<BodyOf<'/api/v1/reviews', 'post'>, 'subjectType' | 'subjectId'>

const WriteReview = ({
  orderId,
  subject,
  title,
}: {
  readonly orderId: string
  readonly subject: Subject
  readonly title: string
}) => {
  const t = useTexts(roomTexts)
  const write = useCommand({
    send: (said: { readonly rating: number; readonly comment?: string }, once) =>
      run(api.POST('/api/v1/reviews', { body: { ...subject, orderId, ...said }, ...once })),
  })
  return (
    <Stack tight>
      <h3>{title}</h3>
      <Form
        label={title}
        submitLabel={t.send}
        busy={write.isPending}
        error={write.error}
        onSubmit={(values) => {
          const comment = values.given('comment')
          write.mutate({
            rating: values.number('rating') ?? 5,
            ...(comment !== undefined && { comment }),
          })
        }}
      >
        <Select
          name="rating"
          label={t.stars}
          options={[
            ['5', t.five],
            ['4', t.four],
            ['3', t.three],
            ['2', t.two],
            ['1', t.one],
          ]}
        />
        <TextArea name="comment" label={t.comment} required={false} maxLength={4_000} />
      </Form>
    </Stack>
  )
}

/** What a side reviews: the buyer the gig and the seller, the seller the buyer. */
const subjectsOf = ({ userId, sellerId, items }: Order, side: Side): readonly Subject[] => {
  if (side === 'seller') return [{ subjectType: 'user', subjectId: userId }]
  const gigId = items[0]?.refId
  return [
    ...(gigId === undefined ? [] : [{ subjectType: 'gig', subjectId: gigId } as const]),
    ...(sellerId === undefined ? [] : [{ subjectType: 'user', subjectId: sellerId } as const]),
  ]
}

const isAbout = ({ subjectType, subjectId }: Review, subject: Subject): boolean =>
  subjectType === subject.subjectType && subjectId === subject.subjectId

/** The reviews of a completed order by both sides, and the forms for those that a side has not written. */
export const OrderReviews = ({ order, side }: { readonly order: Order; readonly side: Side }) => {
  const t = useTexts(roomTexts)
  const refetchInterval = useReviewsLive(order.id)
  const query = useQuery({ ...orderReviewsQuery(order.id), refetchInterval })
  const labels = {
    gig: { write: t.reviewGig, read: t.reviewOfGig },
    seller: { write: t.reviewSeller, read: t.reviewOfSeller },
    buyer: { write: t.reviewBuyer, read: t.reviewOfBuyer },
  }
  const labelOf = ({ subjectType, subjectId }: Pick<Review, 'subjectType' | 'subjectId'>) =>
    labels[subjectType === 'gig' ? 'gig' : subjectId === order.userId ? 'buyer' : 'seller']
  return (
    <Card title={t.reviews}>
      <Loaded query={query}>
        {({ reviews }) => (
          <Stack>
            {reviews.length === 0 && <Muted>{t.noReviews}</Muted>}
            {reviews.map((review) => (
              <Stack key={review.id} tight>
                <h3>{labelOf(review).read}</h3>
                <ReviewCard review={review} />
              </Stack>
            ))}
            {subjectsOf(order, side)
              .filter((subject) => !reviews.some((review) => isAbout(review, subject)))
              .map((subject) => (
                <WriteReview
                  key={subject.subjectId}
                  orderId={order.id}
                  subject={subject}
                  title={labelOf(subject).write}
                />
              ))}
          </Stack>
        )}
      </Loaded>
    </Card>
  )
}
