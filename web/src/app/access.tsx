import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { meKey, useSession, type Role, type User } from './session.tsx'

/** Leads to the sign-in, and from there back to the present address. */
const ToSignIn = () => {
  const router = useRouter()
  // Read once: while the sign-in page loads, its address is the present one already.
  const [next] = useState(() => router.state.location.href)
  useEffect(() => {
    void router.navigate({ to: '/sign-in', search: { next }, replace: true })
  }, [router, next])
  return <Skeleton />
}

/**
 * Shows a page to signed-in users, others sign in first and return. The API checks every request by itself; this only
 * saves users from pages without content.
 * @param props.roles one of which is needed; default: any user
 */
export const SignedIn = ({
  roles,
  children,
}: {
  readonly roles?: readonly Role[]
  readonly children: (user: User) => ReactNode
}) => {
  const t = useTexts(common)
  const { user, error, isSignedIn, is } = useSession()
  const queries = useQueryClient()
  if (!isSignedIn) return <ToSignIn />
  if (!user && error)
    return (
      <Failure error={error} onRetry={() => void queries.invalidateQueries({ queryKey: meKey })} />
    )
  if (!user) return <Skeleton />
  if (roles && !is(...roles))
    return (
      <Page title={t.notFoundTitle} narrow>
        <Notice kind="warn">{t.forbidden}</Notice>
      </Page>
    )
  return children(user)
}
