import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useTexts } from '../../i18n/language.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Table } from '../../ui/layout.tsx'
import { Badge } from '../../ui/notice.tsx'
import { Paged } from '../../ui/paged.tsx'
import { Moment } from '../../ui/time.tsx'
import { Desk } from '../desk.tsx'
import { useDeskTexts } from '../texts.ts'
import { JobDetails } from './job.tsx'
import { JobTiming } from './job-timing.tsx'
import { jobsQuery } from './jobs-queries.ts'
import { jobsTexts } from './jobs-texts.ts'
import { ScheduleJob } from './schedule-job.tsx'

/** Interval in which the list is read again, in ms. */
const every = 10_000

const Jobs = () => {
  const t = useTexts(jobsTexts)
  const query = useInfiniteQuery({ ...jobsQuery, refetchInterval: every })
  return (
    <Paged query={query} rowsOf={(page) => page.jobs} none={t.none}>
      {(jobs) => (
        <Table
          caption={t.title}
          rows={jobs}
          keyOf={({ id }) => id}
          columns={[
            {
              head: t.type,
              cell: ({ id, type }) => (
                <Link to="/desk/jobs" search={{ id }}>
                  {type}
                </Link>
              ),
            },
            {
              head: t.status,
              cell: ({ status }) => (
                <Badge kind={status === 'ACTIVE' ? 'good' : 'neutral'}>{t[status]}</Badge>
              ),
            },
            { head: t.timing, cell: (job) => <JobTiming job={job} /> },
            {
              head: t.next,
              cell: ({ nextRunAt }) => (nextRunAt === undefined ? '–' : <Moment at={nextRunAt} />),
            },
            { head: t.created, cell: ({ createdAt }) => <Moment at={createdAt} /> },
          ]}
        />
      )}
    </Paged>
  )
}

const route = getRouteApi('/desk/jobs')

/** Scheduled jobs: the list and the form that schedules one, or one of them with its runs. */
const JobsPage = () => {
  const desk = useDeskTexts()
  const t = useTexts(jobsTexts)
  const { id } = route.useSearch()
  return (
    <Desk
      title={desk.pages.jobs}
      actions={
        id !== undefined && (
          <ButtonLink to="/desk/jobs" search={{}}>
            {t.all}
          </ButtonLink>
        )
      }
    >
      {id === undefined ? (
        <>
          <Jobs />
          <ScheduleJob />
        </>
      ) : (
        <JobDetails key={id} id={id} />
      )}
    </Desk>
  )
}

export default JobsPage
