import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/language.tsx'
import { Card, Muted, Row, Stack } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import { Ago } from '../ui/time.tsx'
import type { Review } from './gig-queries.ts'
import css from './gigs.module.css'
import { gigTexts } from './texts.ts'

/** A review with its answer. @param props.children what a user may do about it */
export const ReviewCard = ({
  review: { rating, comment, author, createdAt, answer, sealed },
  children,
}: {
  readonly review: Review
  readonly children?: ReactNode
}) => {
  const t = useTexts(gigTexts)
  return (
    <Card>
      <Row between>
        {author ? (
          <Link to="/people/$id" params={{ id: author.id }}>
            {author.name ?? author.username ?? t.formerUser}
          </Link>
        ) : (
          <Muted>{t.formerUser}</Muted>
        )}
        <Muted>
          <Ago at={createdAt} />
        </Muted>
      </Row>
      <Stars rating={rating} />
      {comment !== undefined && <p className={css.words}>{comment}</p>}
      {sealed && <Muted>{t.sealed}</Muted>}
      {answer && (
        <Stack tight>
          <strong>{t.answerOf}</strong>
          <p className={css.words}>{answer.text}</p>
        </Stack>
      )}
      {children}
    </Card>
  )
}
