import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { hasFaults } from '../../api/problem.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded } from '../../ui/feedback.tsx'
import { Form, Select, TextField } from '../../ui/form.tsx'
import { Card } from '../../ui/layout.tsx'
import { dashboardSearch, metricNames, type DashboardSearch } from './dashboard-search.ts'
import { arranged } from './figure-data.ts'
import { metricQuery, type Metric } from './figure-queries.ts'
import { Figure } from './figure.tsx'
import css from './figure.module.css'
import { figureTexts } from './texts.ts'

const Sums = ({ metric, currency }: { readonly metric: Metric; readonly currency: string }) => {
  const t = useTexts(figureTexts)
  const { money } = useFormats()
  const format = useCallback((amount: number) => money({ amount, currency }), [money, currency])
  const data = useMemo(
    () =>
      arranged(
        t.day,
        metric.series
          .filter((one) => one.currency === currency)
          .map(({ bucket, group, amount = 0 }) => ({
            label: bucket,
            series: group ?? t.all,
            value: amount,
          })),
        { missing: 0 },
      ),
    [metric, currency, t],
  )
  return <Figure title={t.sums(metric.name, currency)} data={data} kind="line" format={format} />
}

const Counts = ({ metric }: { readonly metric: Metric }) => {
  const t = useTexts(figureTexts)
  const { number } = useFormats()
  const data = useMemo(
    () =>
      arranged(
        t.day,
        metric.series.map(({ bucket, group, count }) => ({
          label: bucket,
          series: group ?? t.all,
          value: count,
        })),
        { missing: 0 },
      ),
    [metric, t],
  )
  return <Figure title={t.counts(metric.name)} data={data} kind="line" format={number} />
}

const currenciesOf = ({ series }: Metric): readonly string[] => [
  ...new Set(series.flatMap(({ currency }) => (currency === undefined ? [] : [currency]))),
]

/** A metric over time, which the address chooses; the sums of money are charts of their own. */
export const MetricFigures = ({ search }: { readonly search: DashboardSearch }) => {
  const t = useTexts(figureTexts)
  const navigate = useNavigate()
  const { metric = 'sales', bucket = 'day', groupBy } = search
  const query = useQuery(metricQuery(metric, search))
  const isRefused = hasFaults(query.error)
  return (
    <Card title={t.metric}>
      <Form
        key={JSON.stringify(search)}
        label={t.metric}
        submitLabel={t.apply}
        busy={false}
        error={isRefused ? query.error : null}
        onSubmit={(values) => {
          const { groupBy: _, ...others } = search
          void navigate({
            to: '/desk/dashboard',
            search: {
              ...others,
              ...dashboardSearch({
                metric: values.text('metric'),
                bucket: values.text('bucket'),
                groupBy: values.text('groupBy'),
              }),
            },
          })
        }}
      >
        <div className={css.fields}>
          <Select
            name="metric"
            label={t.which}
            defaultValue={metric}
            options={metricNames.map((name): [string, string] => [name, name])}
          />
          <Select
            name="bucket"
            label={t.bucket}
            defaultValue={bucket}
            options={[
              ['hour', t.hour],
              ['day', t.dayBucket],
              ['week', t.weekBucket],
              ['month', t.monthBucket],
            ]}
          />
          <TextField
            name="groupBy"
            label={t.groupBy}
            hint={t.groupHint}
            required={false}
            maxLength={40}
            defaultValue={groupBy}
          />
        </div>
      </Form>
      {!isRefused && (
        <Loaded query={query}>
          {(found) => (
            <div className={css.figures}>
              <Counts metric={found} />
              {currenciesOf(found).map((currency) => (
                <Sums key={currency} metric={found} currency={currency} />
              ))}
            </div>
          )}
        </Loaded>
      )}
    </Card>
  )
}
