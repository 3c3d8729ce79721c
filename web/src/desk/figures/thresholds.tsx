import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useCommand } from '../../api/use-command.ts'
import { ApiProblem } from '../../api/problem.ts'
import { minorUnits, useFormats } from '../../i18n/formats.ts'
import { common } from '../../i18n/common.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Button } from '../../ui/button.tsx'
import { Confirm } from '../../ui/dialog.tsx'
import { Empty, Loaded } from '../../ui/feedback.tsx'
import { Form, Select, TextField, type Values } from '../../ui/form.tsx'
import { Card, Muted, Table } from '../../ui/layout.tsx'
import { metricNames } from './dashboard-search.ts'
import css from './figure.module.css'
import {
  removeThreshold,
  reportKeys,
  setThreshold,
  thresholdsQuery,
  type Threshold,
} from './report-queries.ts'
import { reportTexts } from './report-texts.ts'

/** The typed value: a number, or minor units of a currency; undefined if it is none. */
const valueIn = (values: Values): number | undefined => {
  const currency = values.given('currency')
  if (currency === undefined) return values.number('value')
  return /^[A-Z]{3}$/.test(currency) ? minorUnits(values.text('value'), currency) : 0
}

const NewThreshold = () => {
  const t = useTexts(reportTexts)
  const [fault, setFault] = useState<ApiProblem>()
  const set = useCommand({ send: setThreshold, changes: [reportKeys.thresholds] })
  const submit = (values: Values): void => {
    const metric = metricNames.find((one) => one === values.text('metric'))
    const value = valueIn(values)
    const currency = values.given('currency')
    if (value === undefined)
      return setFault(new ApiProblem(400, { errors: [{ field: 'value', message: t.badAmount }] }))
    setFault(undefined)
    if (metric)
      set.mutate({
        metric,
        when: values.text('when') === 'below' ? 'below' : 'above',
        value,
        bucket: values.text('bucket') === 'day' ? 'day' : 'hour',
        ...(currency !== undefined && { currency }),
      })
  }
  return (
    <Form
      label={t.newThreshold}
      submitLabel={t.set}
      busy={set.isPending}
      error={fault ?? set.error}
      onSubmit={submit}
    >
      <div className={css.fields}>
        <Select
          name="metric"
          label={t.metric}
          options={metricNames.map((name): [string, string] => [name, name])}
        />
        <Select
          name="when"
          label={t.when}
          options={[
            ['above', t.above],
            ['below', t.below],
          ]}
        />
        <TextField name="value" label={t.value} hint={t.valueHint} inputMode="decimal" />
        <TextField
          name="currency"
          label={t.currency}
          hint={t.currencyHint}
          required={false}
          maxLength={3}
        />
        <Select
          name="bucket"
          label={t.bucket}
          options={[
            ['hour', t.hour],
            ['day', t.day],
          ]}
        />
      </div>
    </Form>
  )
}

/** Limits of metrics: all, a new one, and their removal. */
export const Thresholds = () => {
  const t = useTexts(reportTexts)
  const { delete: remove } = useTexts(common)
  const { moment, money, number } = useFormats()
  const query = useQuery(thresholdsQuery)
  const [asked, setAsked] = useState<Threshold>()
  const removing = useCommand({
    send: removeThreshold,
    changes: [reportKeys.thresholds],
    onDone: () => setAsked(undefined),
  })
  const written = ({ currency }: Threshold, amount: number): string =>
    currency === undefined ? number(amount) : money({ amount, currency })
  return (
    <Card title={t.thresholds}>
      <Muted>{t.thresholdsAbout}</Muted>
      <Loaded query={query}>
        {(thresholds) =>
          thresholds.length === 0 ? (
            <Empty />
          ) : (
            <Table
              caption={t.thresholds}
              rows={thresholds}
              keyOf={({ id }) => id}
              columns={[
                { head: t.metric, cell: ({ metric }) => metric },
                {
                  head: t.limit,
                  cell: (one) => `${t[one.when]} ${written(one, one.value)} / ${t[one.bucket]}`,
                },
                {
                  head: t.breach,
                  cell: (one) =>
                    one.breach
                      ? `${moment(one.breach.bucketStart)}: ${t.breached(written(one, one.breach.measured))}`
                      : t.never,
                },
                {
                  head: remove,
                  cell: (one) => (
                    <Button
                      small
                      look="quiet"
                      aria-label={t.removeLimit(one.metric)}
                      onClick={() => setAsked(one)}
                    >
                      {remove}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      <h3>{t.newThreshold}</h3>
      <NewThreshold />
      <Confirm
        title={t.removeTitle}
        isOpen={asked !== undefined}
        onClose={() => {
          setAsked(undefined)
          removing.reset()
        }}
        onConfirm={() => asked && removing.mutate(asked.id)}
        confirmLabel={remove}
        busy={removing.isPending}
        error={removing.error}
      />
    </Card>
  )
}
