import { createRootRoute, Link, type ErrorComponentProps } from '@tanstack/react-router'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Failure, Skeleton } from '../ui/feedback.tsx'
import { Page } from '../ui/layout.tsx'
import { Shell } from './shell.tsx'
import { appTexts } from './texts.ts'

const Crashed = ({ error }: ErrorComponentProps) => {
  const t = useTexts(appTexts)
  return (
    <Page title={t.crashed} narrow>
      <Failure error={error} onRetry={() => location.reload()} />
    </Page>
  )
}

/** Says that an address has nothing. */
const NotFound = () => {
  const t = useTexts(common)
  const app = useTexts(appTexts)
  return (
    <Page title={t.notFoundTitle} narrow>
      <p>{t.notFound}</p>
      <Link to="/">{app.shop}</Link>
    </Page>
  )
}

/** The route around all others. */
export const rootRoute = createRootRoute({
  component: Shell,
  errorComponent: Crashed,
  notFoundComponent: NotFound,
  pendingComponent: () => <Skeleton />,
})
