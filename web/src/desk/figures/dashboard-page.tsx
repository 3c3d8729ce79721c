import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { hasFaults } from '../../api/problem.ts'
import { useFallbackInterval } from '../../api/use-live.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded } from '../../ui/feedback.tsx'
import { Stack } from '../../ui/layout.tsx'
import { Desk } from '../desk.tsx'
import { DashboardFigures } from './dashboard-figures.tsx'
import { figuresQuery } from './figure-queries.ts'
import { MetricFigures } from './metric-figures.tsx'
import { RangeForm } from './range-form.tsx'
import { SavedViews } from './saved-views.tsx'
import { figureTexts } from './texts.ts'
import { Today } from './today.tsx'

const route = getRouteApi('/desk/dashboard')

const Content = () => {
  const search = route.useSearch()
  const query = useQuery({ ...figuresQuery(search), refetchInterval: useFallbackInterval() })
  const isRefused = hasFaults(query.error)
  return (
    <Stack>
      <Today />
      <RangeForm search={search} error={isRefused ? query.error : null} />
      {!isRefused && (
        <Loaded query={query} skeletons={4}>
          {(figures) => <DashboardFigures figures={figures} />}
        </Loaded>
      )}
      <MetricFigures search={search} />
      <SavedViews search={search} />
    </Stack>
  )
}

/** Figures of a range of time; the address is the view. */
const DashboardPage = () => {
  const t = useTexts(figureTexts)
  return (
    <Desk title={t.title}>
      <Content />
    </Desk>
  )
}

export default DashboardPage
