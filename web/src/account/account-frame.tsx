import type { ReactNode } from 'react'
import { SignedIn } from '../app/access.tsx'
import type { User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { Page, TabLink, Tabs } from '../ui/layout.tsx'
import { accountTexts } from './account-texts.ts'

/** A page of the signed-in user's account, with the links to the others. */
export const AccountFrame = ({
  title,
  children,
}: {
  readonly title: string
  readonly children: (user: User) => ReactNode
}) => {
  const t = useTexts(accountTexts)
  return (
    <SignedIn>
      {(user) => (
        <Page title={title}>
          <Tabs label={t.account}>
            <TabLink to="/account" activeOptions={{ exact: true }}>
              {t.profile}
            </TabLink>
            <TabLink to="/account/security">{t.security}</TabLink>
            <TabLink to="/account/privacy">{t.privacy}</TabLink>
            <TabLink to="/account/preferences">{t.preferences}</TabLink>
            <TabLink to="/account/data">{t.yourData}</TabLink>
          </Tabs>
          {children(user)}
        </Page>
      )}
    </SignedIn>
  )
}
