import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/language.tsx'
import { Avatar } from '../ui/media.tsx'
import type { Author } from './post-queries.ts'
import { postTexts } from './post-texts.ts'
import css from './post.module.css'

/** Returns how an author is called: by the name, else by the username; one who has left has neither. */
export const useNameOf = (): ((author: Author | undefined) => string) => {
  const t = useTexts(postTexts)
  return (author) => author?.name ?? author?.username ?? t.somebody
}

/** An author with a link to the profile, and what stands below the name, such as the time. */
export const Byline = ({
  author,
  children,
}: {
  readonly author: Author
  readonly children: ReactNode
}) => {
  const name = useNameOf()(author)
  const { id, username } = author
  return (
    <div className={css.head}>
      <Avatar name={name} />
      <div className={css.names}>
        {username === undefined ? (
          <span className={css.name}>{name}</span>
        ) : (
          <Link to="/people/$id" params={{ id }} className={css.name}>
            {name}
          </Link>
        )}
        <span className={css.small}>
          {author.name !== undefined && username !== undefined && `@${username} · `}
          {children}
        </span>
      </div>
    </div>
  )
}
