import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState } from 'react'
import { useLiveness } from '../api/use-live.ts'
import { useLanguage, useTexts, type Language } from '../i18n/language.tsx'
import { countOf } from '../shop/basket.ts'
import { useBasket } from '../shop/use-basket.ts'
import { Button } from '../ui/button.tsx'
import { Hidden, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { useAccountLanguage } from './account-language.ts'
import { useForgetAtSignOut, useForgetOthers, useSession } from './session.tsx'
import css from './shell.module.css'
import { useSignOut } from './sign-out.ts'
import { appTexts } from './texts.ts'
import { useTheme } from './theme.ts'
import { useIsOutdated } from './version.ts'

const PlainBell = () => {
  const t = useTexts(appTexts)
  return <Link to="/notifications">{t.notifications(0)}</Link>
}

/** The bell connects a socket, whose library is no part of the first load; without it, the link alone is shown. */
const Bell = lazy(() => import('../notifications/bell.tsx').catch(() => ({ default: PlainBell })))

type TextOfSearch = { readonly text: string; readonly onText: (text: string) => void }

const PlainSearch = ({
  text,
  onText,
  onFocus,
  onBlur,
}: TextOfSearch & { readonly onFocus?: () => void; readonly onBlur?: () => void }) => {
  const t = useTexts(appTexts)
  return (
    <input
      type="search"
      aria-label={t.search}
      placeholder={t.search}
      maxLength={200}
      value={text}
      onChange={({ currentTarget }) => onText(currentTarget.value)}
      onFocus={onFocus}
      onBlur={onBlur}
    />
  )
}

/** The suggestions are no part of the first load; without them, the field alone is shown. */
const SearchBox = lazy(() =>
  import('../shop/search-box.tsx').catch(() => ({
    default: ({ text, onText }: TextOfSearch & { readonly isFocused: boolean }) => (
      <PlainSearch text={text} onText={onText} />
    ),
  })),
)

const Search = () => {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  /** What is typed before the suggestions are loaded stays, and the focus too. */
  const [isFocused, setFocused] = useState(false)
  return (
    <form
      role="search"
      className={css.search}
      onSubmit={(event) => {
        event.preventDefault()
        const q = text.trim()
        if (q !== '') void navigate({ to: '/search', search: { q } })
      }}
    >
      <Suspense
        fallback={
          <PlainSearch
            text={text}
            onText={setText}
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
          />
        }
      >
        <SearchBox text={text} onText={setText} isFocused={isFocused} />
      </Suspense>
    </form>
  )
}

const BasketLink = () => {
  const t = useTexts(appTexts)
  const { lines } = useBasket()
  return <Link to="/basket">{t.basket(countOf(lines))}</Link>
}

const PersonalLinks = () => {
  const t = useTexts(appTexts)
  const { isSignedIn, is } = useSession()
  const signOut = useSignOut()
  if (!isSignedIn)
    return (
      <>
        <Link to="/sign-in">{t.signIn}</Link>
        <Link to="/sign-up">{t.signUp}</Link>
      </>
    )
  return (
    <>
      <Link to="/orders">{t.orders}</Link>
      <Link to="/chat">{t.chat}</Link>
      <Suspense fallback={<PlainBell />}>
        <Bell />
      </Suspense>
      <Link to="/selling">{t.selling}</Link>
      {is('admin', 'analyst') && <Link to="/desk">{t.desk}</Link>}
      <Link to="/account">{t.account}</Link>
      <Button look="quiet" small busy={signOut.isPending} onClick={() => signOut.mutate()}>
        {t.signOut}
      </Button>
    </>
  )
}

const Header = () => {
  const t = useTexts(appTexts)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  /** The page on which the menu was opened: it closes as another is shown. */
  const [openOn, setOpenOn] = useState<string>()
  const isOpen = openOn === path
  return (
    <header className={css.header}>
      <div className={css.bar}>
        <Link to="/" className={css.brand}>
          Agora
        </Link>
        <Search />
        <span className={css.toggle}>
          <Button small aria-expanded={isOpen} onClick={() => setOpenOn(isOpen ? undefined : path)}>
            {t.menu}
          </Button>
        </span>
        <nav className={`${css.nav} ${isOpen ? css.open : ''}`} aria-label={t.main}>
          <Link to="/" activeOptions={{ exact: true }}>
            {t.shop}
          </Link>
          <Link to="/gigs">{t.gigs}</Link>
          <Link to="/feed">{t.feed}</Link>
          <BasketLink />
          <PersonalLinks />
        </nav>
      </div>
    </header>
  )
}

const Banners = () => {
  const t = useTexts(appTexts)
  const liveness = useLiveness()
  const isOutdated = useIsOutdated()
  const delayed =
    liveness === 'offline' ? t.offline : liveness === 'polling' ? t.polling : undefined
  return (
    <>
      {isOutdated && (
        <div className={css.banner}>
          <Notice>
            <Row between>
              {t.outdated}
              <Button small onClick={() => location.reload()}>
                {t.reload}
              </Button>
            </Row>
          </Notice>
        </div>
      )}
      {delayed && (
        <div className={css.banner}>
          <Notice kind="warn">{delayed}</Notice>
        </div>
      )}
    </>
  )
}

const Footer = () => {
  const t = useTexts(appTexts)
  const { language, choose } = useLanguage()
  return (
    <footer className={css.footer}>
      <div className={css.bar}>
        <a href="/docs">{t.api}</a>
        <Link to="/docs/sockets">{t.sockets}</Link>
        <a href="/health">{t.health}</a>
        <label className={css.end}>
          <Hidden>{t.language}</Hidden>
          <select value={language} onChange={({ target }) => choose(target.value as Language)}>
            <option value="en">{t.english}</option>
            <option value="de">{t.german}</option>
          </select>
        </label>
      </div>
    </footer>
  )
}

/** The frame around all pages: header, banners, the page, footer. */
export const Shell = () => {
  const t = useTexts(appTexts)
  const main = useRef<HTMLElement>(null)
  useForgetAtSignOut()
  useForgetOthers()
  useTheme()
  useAccountLanguage()
  return (
    <>
      <a
        className={css.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        {t.skip}
      </a>
      <Header />
      <Banners />
      <main ref={main} id="main" className={css.main} tabIndex={-1}>
        <Outlet />
      </main>
      <Footer />
    </>
  )
}
