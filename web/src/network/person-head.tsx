import { Link } from '@tanstack/react-router'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Card, Muted, Row, Terms } from '../ui/layout.tsx'
import { Avatar, Stars } from '../ui/media.tsx'
import { Badge, Notice } from '../ui/notice.tsx'
import { BlockButton } from './block-button.tsx'
import { FollowButton } from './follow-button.tsx'
import type { Overview } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import css from './person.module.css'

const useDuration = (): ((seconds: number) => string) => {
  const t = useTexts(peopleTexts)
  const { number } = useFormats()
  return (seconds) => {
    const minutes = Math.max(1, Math.round(seconds / 60))
    if (minutes < 60) return t.minutes(number(minutes), minutes === 1)
    const hours = Math.round(minutes / 60)
    return t.hours(number(hours), hours === 1)
  }
}

const Actions = ({ overview: { profile, relation } }: { readonly overview: Overview }) => {
  const t = useTexts(peopleTexts)
  const { userId, username, name = username } = profile
  if (!relation)
    return (
      <Row>
        <ButtonLink to="/account">{t.editProfile}</ButtonLink>
        <ButtonLink to="/follow-requests" look="quiet">
          {t.requests}
        </ButtonLink>
      </Row>
    )
  return (
    <Row>
      {!relation.blocked && (
        <>
          <FollowButton person={profile} relation={relation} />
          <ButtonLink to="/chat" search={{ with: userId }}>
            {t.message}
          </ButtonLink>
        </>
      )}
      <BlockButton userId={userId} name={name} isBlocked={relation.blocked} />
    </Row>
  )
}

/** The head of a profile: picture, names, counts, what the person says, and what can be done. */
export const PersonHead = ({ overview }: { readonly overview: Overview }) => {
  const t = useTexts(peopleTexts)
  const { number, day } = useFormats()
  const duration = useDuration()
  const { profile, relation, counts } = overview
  const { userId: id, username, name = username, bio, avatarMediaId, seller, rating } = profile
  const { ordersDone, responseTime, createdAt } = profile
  return (
    <Card>
      <div className={css.head}>
        <Avatar name={name} mediaId={avatarMediaId} large />
        <div className={css.about}>
          <Row>
            <Muted>@{username}</Muted>
            {profile.private && <Badge>{t.private}</Badge>}
            {seller && <Badge kind="info">{t.seller}</Badge>}
          </Row>
          {rating && <Stars rating={rating.average} count={rating.count} />}
          {bio !== undefined && <p className={css.text}>{bio}</p>}
          {counts.followers !== undefined && counts.following !== undefined && (
            <div className={css.counts}>
              <Link to="/people/$id/followers" params={{ id }}>
                {t.followers(number(counts.followers), counts.followers === 1)}
              </Link>
              <Link to="/people/$id/following" params={{ id }}>
                {t.following(number(counts.following))}
              </Link>
            </div>
          )}
          <Actions overview={overview} />
          {relation?.requested === true && <Notice>{t.isRequested}</Notice>}
          {relation?.blocked === true && <Notice kind="warn">{t.isBlocked}</Notice>}
        </div>
      </div>
      <Terms
        of={[
          [t.since, createdAt && day(createdAt)],
          [t.about, seller?.about],
          [t.ordersDone, ordersDone ? number(ordersDone) : undefined],
          [t.answersWithin, responseTime && duration(responseTime.seconds)],
        ]}
      />
    </Card>
  )
}
