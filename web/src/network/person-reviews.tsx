import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Card, List, Muted } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import { Ago } from '../ui/time.tsx'
import { useNameOf } from './byline.tsx'
import type { Overview } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import css from './person.module.css'

/** The latest reviews of a person and of the person's gigs, with their number. */
export const PersonReviews = ({
  overview: { latestReviews = [], counts },
}: {
  readonly overview: Overview
}) => {
  const t = useTexts(peopleTexts)
  const nameOf = useNameOf()
  const { number } = useFormats()
  return (
    <Card title={t.countOf(t.reviews, number(counts.reviews ?? 0))}>
      {latestReviews.length === 0 && <Muted>{t.noReviews}</Muted>}
      <List>
        {latestReviews.map(({ id, rating, comment, author, createdAt }) => (
          <li key={id}>
            <Stars rating={rating} />
            {comment !== undefined && <p className={css.text}>{comment}</p>}
            <span className={css.small}>
              {nameOf(author)} · <Ago at={createdAt} />
            </span>
          </li>
        ))}
      </List>
    </Card>
  )
}
