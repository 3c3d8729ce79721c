import { Navigate } from '@tanstack/react-router'
import { useSession } from '../app/session.tsx'
import { Desk } from './desk.tsx'
import { Alerts } from './operations/alerts.tsx'
import { Breakers, Health, Services } from './operations/health.tsx'
import { Processes, Rates } from './operations/rates.tsx'
import { useOps } from './operations/use-ops.ts'
import { useDeskTexts } from './texts.ts'

const Overview = () => {
  const { data: lags = [] } = useOps()
  return (
    <>
      <Alerts />
      <Rates lags={lags} />
      <Health />
      <Processes />
      <Breakers />
      <Services />
    </>
  )
}

/** The state of the whole of Agora; analysts begin at the dashboard. */
const OverviewPage = () => {
  const t = useDeskTexts()
  const { user, is } = useSession()
  if (user && is('analyst') && !is('admin')) return <Navigate to="/desk/dashboard" replace />
  return (
    <Desk title={t.pages.overview}>
      <Overview />
    </Desk>
  )
}

export default OverviewPage
