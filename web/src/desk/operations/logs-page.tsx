import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useTexts } from '../../i18n/language.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Empty, Failure, Skeleton } from '../../ui/feedback.tsx'
import { FilterForm } from '../../ui/filter-form.tsx'
import { Checkbox, Select, TextField } from '../../ui/form.tsx'
import { Sides, Stack } from '../../ui/layout.tsx'
import { Desk } from '../desk.tsx'
import { useDeskTexts } from '../texts.ts'
import { localMoment } from './local-moment.ts'
import { LogLineItem } from './log-line.tsx'
import { logsQuery } from './logs-queries.ts'
import { levels, logsSearch, type LogsSearch } from './logs-search.ts'
import { logsTexts } from './logs-texts.ts'
import css from './operations.module.css'

/** Interval in which new lines are read, in ms. */
const tailEvery = 2_000

const Filters = ({ search }: { readonly search: LogsSearch }) => {
  const t = useTexts(logsTexts)
  const navigate = useNavigate()
  return (
    <FilterForm
      of={search}
      title={t.filter}
      label={t.filter}
      submitLabel={t.show}
      onFilter={(values) =>
        void navigate({
          to: '/desk/logs',
          search: logsSearch({
            service: values.text('service'),
            level: values.text('level'),
            q: values.text('q'),
            from: values.text('from'),
            to: values.text('to'),
            traceId: values.text('traceId'),
            tail: values.ticked('tail'),
          }),
        })
      }
      clear={
        <ButtonLink to="/desk/logs" search={{}} look="quiet">
          {t.clear}
        </ButtonLink>
      }
    >
      <TextField name="q" label={t.text} required={false} defaultValue={search.q} maxLength={200} />
      <Select
        name="level"
        label={t.level}
        required={false}
        defaultValue={search.level ?? ''}
        options={[['', t.atLeast], ...levels.map((one) => [one, one] as const)]}
      />
      <TextField
        name="service"
        label={t.service}
        hint={t.serviceHint}
        required={false}
        defaultValue={search.service}
        pattern="[a-z][a-z0-9+\-]*"
      />
      <TextField
        name="from"
        label={t.from}
        required={false}
        type="datetime-local"
        defaultValue={localMoment(search.from)}
      />
      <TextField
        name="to"
        label={t.to}
        required={false}
        type="datetime-local"
        defaultValue={localMoment(search.to)}
      />
      <TextField
        name="traceId"
        label={t.traceId}
        required={false}
        defaultValue={search.traceId}
        maxLength={200}
      />
      <Checkbox name="tail" label={t.tail} defaultChecked={search.tail ?? false} />
    </FilterForm>
  )
}

const Lines = ({ search: { tail, ...search } }: { readonly search: LogsSearch }) => {
  const t = useTexts(logsTexts)
  const query = useInfiniteQuery({
    ...logsQuery(search),
    refetchInterval: tail ? tailEvery : false,
  })
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <Skeleton count={3} />
  const lines = data.pages.flatMap(({ entries }) => entries)
  if (lines.length === 0)
    return (
      <Empty>
        <p>{t.none}</p>
      </Empty>
    )
  return (
    <Stack>
      <ol className={css.lines} aria-label={t.lines}>
        {lines.map((line) => (
          <LogLineItem key={line.id} line={line} />
        ))}
      </ol>
      {hasNextPage && (
        <div>
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t.older}
          </Button>
        </div>
      )}
    </Stack>
  )
}

const route = getRouteApi('/desk/logs')

/** Log lines of all processes by filters, whose address can be shared. */
const LogsPage = () => {
  const t = useDeskTexts()
  const search = route.useSearch()
  return (
    <Desk title={t.pages.logs}>
      <Sides>
        <Lines search={search} />
        <Filters search={search} />
      </Sides>
    </Desk>
  )
}

export default LogsPage
