import { useSession } from '../../app/session.tsx'
import { useTexts } from '../../i18n/language.tsx'
import { Desk } from '../desk.tsx'
import { reportTexts } from './report-texts.ts'
import { Reports } from './reports.tsx'
import { RequestReport, ScheduleReport } from './request-report.tsx'
import { Thresholds } from './thresholds.tsx'

/** Reports as files, and limits of metrics. */
const ReportsPage = () => {
  const t = useTexts(reportTexts)
  const { is } = useSession()
  return (
    <Desk title={t.title}>
      <Reports />
      <RequestReport />
      {is('admin') && <ScheduleReport />}
      <Thresholds />
    </Desk>
  )
}

export default ReportsPage
