import { useRouterState } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession, type User } from '../app/session.tsx'
import { useTexts } from '../i18n/language.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Skeleton } from '../ui/feedback.tsx'
import { Card, Page, Row } from '../ui/layout.tsx'
import { postTexts } from './post-texts.ts'

/** Shows a page of the network to signed-in users; others are told what it is, and how to take part. */
export const Members = ({
  title,
  children,
}: {
  readonly title: string
  readonly children: (user: User) => ReactNode
}) => {
  const t = useTexts(postTexts)
  const { user, isSignedIn } = useSession()
  const href = useRouterState({ select: ({ location }) => location.href })
  if (user) return children(user)
  if (isSignedIn) return <Skeleton count={2} />
  return (
    <Page title={title} narrow>
      <Card title={t.joinTitle}>
        <p>{t.join}</p>
        <Row>
          <ButtonLink to="/sign-in" search={{ next: href }} look="primary">
            {t.signIn}
          </ButtonLink>
          <ButtonLink to="/sign-up">{t.signUp}</ButtonLink>
        </Row>
      </Card>
    </Page>
  )
}
