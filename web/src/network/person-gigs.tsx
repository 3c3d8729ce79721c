import { Link } from '@tanstack/react-router'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Card, List, Muted, Row } from '../ui/layout.tsx'
import { Stars } from '../ui/media.tsx'
import type { Overview } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import css from './person.module.css'

/** The latest gigs of a person, with their number. */
export const PersonGigs = ({
  overview: { latestGigs = [], counts },
}: {
  readonly overview: Overview
}) => {
  const t = useTexts(peopleTexts)
  const { money, number } = useFormats()
  return (
    <Card title={t.countOf(t.gigs, number(counts.gigs ?? 0))}>
      {latestGigs.length === 0 && <Muted>{t.noGigs}</Muted>}
      <List>
        {latestGigs.map(({ id, title, from, rating }) => (
          <li key={id}>
            <Link to="/gigs/$id" params={{ id }} className={css.name}>
              {title}
            </Link>
            <Row between>
              <Muted>{t.from(money(from))}</Muted>
              <Stars rating={rating.average} count={rating.count} />
            </Row>
          </li>
        ))}
      </List>
    </Card>
  )
}
