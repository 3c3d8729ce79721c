import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFormats } from '../i18n/formats.ts'
import { useTexts } from '../i18n/language.tsx'
import { Avatar } from '../ui/media.tsx'
import { Badge } from '../ui/notice.tsx'
import type { Profile } from './people-queries.ts'
import { peopleTexts } from './people-texts.ts'
import css from './person.module.css'

/** A user in a list, with a link to the profile. @param props.actions beside it */
export const PersonRow = ({
  person,
  actions,
}: {
  readonly person: Profile
  readonly actions?: ReactNode
}) => {
  const t = useTexts(peopleTexts)
  const { number } = useFormats()
  const { userId, username, name = username, avatarMediaId, followers, seller } = person
  return (
    <li className={css.row}>
      <Avatar name={name} mediaId={avatarMediaId} />
      <div className={css.names}>
        <Link to="/people/$id" params={{ id: userId }} className={css.name}>
          {name}
        </Link>
        <span className={css.small}>
          @{username}
          {followers !== undefined && ` · ${t.followers(number(followers), followers === 1)}`}
        </span>
      </div>
      {person.private && <Badge>{t.private}</Badge>}
      {seller && <Badge kind="info">{t.seller}</Badge>}
      {actions && <div className={css.actions}>{actions}</div>}
    </li>
  )
}
