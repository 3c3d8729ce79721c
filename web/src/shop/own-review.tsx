import { useQuery } from '@tanstack/react-query'
import { useRouterState } from '@tanstack/react-router'
import { useState } from 'react'
import { api, run } from '../api/client.ts'
import { useCommand } from '../api/use-command.ts'
import { useSession } from '../app/session.tsx'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { useToast } from '../ui/feedback.tsx'
import { Form, Radios, TextArea } from '../ui/form.tsx'
import { Card, Row } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import { ownReviewQuery, type Review } from './review-queries.ts'
import { reviewTexts } from './review-texts.ts'

/** What changes with a review: the lists of reviews, and the ratings of the products. */
const changes = [['reviews'], ['products']]

/** Time in which a review can be changed, in ms; the API refuses it afterwards. */
const editableMs = 30 * 24 * 3_600_000

const Fields = ({ review }: { readonly review: Review | null }) => {
  const t = useTexts(reviewTexts)
  return (
    <>
      <Radios
        name="rating"
        label={t.rating}
        defaultValue={review ? String(review.rating) : undefined}
        options={[5, 4, 3, 2, 1].map((stars) => [String(stars), t.ratings(stars)])}
      />
      <TextArea
        name="comment"
        label={t.comment}
        required={false}
        maxLength={4_000}
        defaultValue={review?.comment}
      />
    </>
  )
}

type Written = { readonly rating: number; readonly comment?: string }

const Write = ({
  productId,
  review,
  onDone,
}: {
  readonly productId: string
  readonly review: Review | null
  readonly onDone: () => void
}) => {
  const t = useTexts(reviewTexts)
  const words = useTexts(common)
  const toast = useToast()
  const save = useCommand<Written>({
    send: (body, once) =>
      review
        ? run(api.PUT('/api/v1/reviews/{id}', { params: { path: { id: review.id } }, body }))
        : run(
            api.POST('/api/v1/reviews', {
              ...once,
              body: { subjectType: 'product', subjectId: productId, ...body },
            }),
          ),
    changes,
    onDone: () => {
      toast(t.published)
      onDone()
    },
  })
  return (
    <Form
      label={review ? t.change : t.write}
      submitLabel={t.publish}
      busy={save.isPending}
      error={save.error}
      onSubmit={(values) => {
        const comment = values.given('comment')
        save.mutate({
          rating: values.number('rating') ?? 0,
          ...(comment !== undefined && { comment }),
        })
      }}
      actions={review && <Button onClick={onDone}>{words.cancel}</Button>}
    >
      <Fields review={review} />
    </Form>
  )
}

const Remove = ({ id }: Pick<Review, 'id'>) => {
  const t = useTexts(reviewTexts)
  const words = useTexts(common)
  const toast = useToast()
  const [isOpen, setOpen] = useState(false)
  const remove = useCommand({
    send: () => run(api.DELETE('/api/v1/reviews/{id}', { params: { path: { id } } })),
    changes,
    onDone: () => toast(t.removed),
  })
  return (
    <>
      <Button small look="danger" onClick={() => setOpen(true)}>
        {t.remove}
      </Button>
      <Confirm
        title={t.removeTitle}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onConfirm={() => remove.mutate()}
        confirmLabel={words.delete}
        busy={remove.isPending}
        error={remove.error}
      />
    </>
  )
}

const Mine = ({ productId, review }: { readonly productId: string; readonly review: Review }) => {
  const t = useTexts(reviewTexts)
  const [isChanging, setChanging] = useState(false)
  const [now] = useState(Date.now)
  if (isChanging)
    return <Write productId={productId} review={review} onDone={() => setChanging(false)} />
  return (
    <>
      <Stars rating={review.rating} />
      {review.comment !== undefined && <p>{review.comment}</p>}
      <Row>
        {now - Date.parse(review.createdAt) < editableMs && (
          <Button small onClick={() => setChanging(true)}>
            {t.change}
          </Button>
        )}
        <Remove id={review.id} />
      </Row>
    </>
  )
}

/** The signed-in user's own review of a product: to be written, changed or deleted. */
export const OwnReview = ({ productId }: { readonly productId: string }) => {
  const t = useTexts(reviewTexts)
  const { isSignedIn } = useSession()
  const next = useRouterState({ select: ({ location }) => location.href })
  const { data } = useQuery({ ...ownReviewQuery(productId), enabled: isSignedIn })
  if (!isSignedIn)
    return (
      <div>
        <ButtonLink to="/sign-in" search={{ next }}>
          {t.signIn}
        </ButtonLink>
      </div>
    )
  if (data === undefined) return null
  return (
    <Card title={data ? t.yours : t.write}>
      {data ? (
        <Mine productId={productId} review={data} />
      ) : (
        <Write productId={productId} review={null} onDone={() => undefined} />
      )}
    </Card>
  )
}
