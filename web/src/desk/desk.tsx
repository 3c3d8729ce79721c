import { Link, useMatches } from '@tanstack/react-router'
import { useId, useState, type ReactNode } from 'react'
import { SignedIn } from '../app/access.tsx'
import { useSession } from '../app/session.tsx'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from '../ui/button.tsx'
import { Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { areaOf, areas, type Area } from './desk-areas.ts'
import css from './desk.module.css'
import { useDeskTexts } from './texts.ts'

const AreaLinks = ({ area }: { readonly area: Area }) => {
  const t = useDeskTexts()
  const id = useId()
  return (
    <div className={css.area}>
      <span id={id} className={css.name}>
        {t.areas[area.name]}
      </span>
      <ul className={css.links} aria-labelledby={id}>
        {area.pages.map(([to, name]) => (
          <li key={to}>
            <Link to={to} activeOptions={{ exact: to === '/desk', includeSearch: false }}>
              {t.pages[name]}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

const Frame = ({
  title,
  actions,
  children,
}: {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}) => {
  const t = useDeskTexts()
  const { forbidden } = useTexts(common)
  const { is } = useSession()
  const path = useMatches({ select: (matches) => matches.at(-1)?.fullPath ?? '' })
  const [isOpen, setOpen] = useState(false)
  const area = areaOf(path)
  const isAllowed = area === undefined || is(...area.roles)
  return (
    <Page title={title} {...(isAllowed && { actions })}>
      <div className={css.desk}>
        <div className={css.toggle}>
          <Button small aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t.openMenu}
          </Button>
        </div>
        <nav className={`${css.nav} ${isOpen ? css.open : ''}`} aria-label={t.desk}>
          {areas
            .filter(({ roles }) => is(...roles))
            .map((one) => (
              <AreaLinks key={one.name} area={one} />
            ))}
        </nav>
        <div className={css.content}>
          {isAllowed ? children : <Notice kind="warn">{forbidden}</Notice>}
        </div>
      </div>
    </Page>
  )
}

/**
 * A page of the desk, beside the links to its other pages. Admins see all of them; analysts see events and figures, and are
 * refused the others. The content is rendered for allowed users only.
 * @param props.actions beside the title
 */
export const Desk = ({
  title,
  actions,
  children,
}: {
  readonly title: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}) => (
  <SignedIn roles={['admin', 'analyst']}>
    {() => (
      <Frame title={title} actions={actions}>
        {children}
      </Frame>
    )}
  </SignedIn>
)
