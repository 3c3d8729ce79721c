import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { useToast } from '../../ui/feedback.tsx'
import { Checkbox, Form, Select, TextField } from '../../ui/form.tsx'
import { Card, Muted } from '../../ui/layout.tsx'
import { localZone } from './dashboard-search.ts'
import css from './figure.module.css'
import {
  reportFormats,
  reportKeys,
  reportKinds,
  requestReport,
  scheduleJob,
} from './report-queries.ts'
import { reportTexts } from './report-texts.ts'

const KindAndFormat = () => {
  const t = useTexts(reportTexts)
  return (
    <>
      <Select
        name="kind"
        label={t.kind}
        options={reportKinds.map((kind): [string, string] => [kind, t[kind]])}
      />
      <Select
        name="format"
        label={t.format}
        options={reportFormats.map((format): [string, string] => [format, t[format]])}
      />
      <TextField name="timeZone" label={t.timeZone} maxLength={64} defaultValue={localZone()} />
    </>
  )
}

/** Requests a report of a range of days. */
export const RequestReport = () => {
  const t = useTexts(reportTexts)
  const toast = useToast()
  const request = useCommand({
    send: requestReport,
    changes: [reportKeys.reports],
    onDone: () => toast(t.requested),
  })
  return (
    <Card title={t.request}>
      <Form
        label={t.request}
        submitLabel={t.make}
        busy={request.isPending}
        error={request.error}
        onSubmit={(values) => {
          const kind = reportKinds.find((one) => one === values.text('kind'))
          const format = reportFormats.find((one) => one === values.text('format'))
          const [from, to] = [values.given('from'), values.given('to')]
          if (kind && format)
            request.mutate({
              kind,
              format,
              timeZone: values.text('timeZone'),
              mail: values.ticked('mail'),
              ...(from !== undefined && { from }),
              ...(to !== undefined && { to }),
            })
        }}
      >
        <div className={css.fields}>
          <KindAndFormat />
          <TextField name="from" label={t.from} type="date" required={false} />
          <TextField name="to" label={t.to} type="date" required={false} />
        </div>
        <Checkbox name="mail" label={t.mail} />
      </Form>
    </Card>
  )
}

/** When a report of a period is made: at six in the morning after it. */
const crons: Readonly<Record<string, string>> = {
  day: '0 6 * * *',
  week: '0 6 * * 1',
  month: '0 6 1 * *',
}

/** Schedules a regular report; for admins, as all jobs. */
export const ScheduleReport = () => {
  const t = useTexts(reportTexts)
  const toast = useToast()
  const schedule = useCommand({ send: scheduleJob, onDone: () => toast(t.scheduled) })
  return (
    <Card title={t.schedule}>
      <Muted>{t.scheduleAbout}</Muted>
      <Form
        label={t.schedule}
        submitLabel={t.startSchedule}
        busy={schedule.isPending}
        error={schedule.error}
        onSubmit={(values) => {
          const period = values.text('period')
          const timeZone = values.text('timeZone')
          schedule.mutate({
            type: 'report',
            cron: crons[period] ?? '0 6 * * *',
            timeZone,
            payload: {
              kind: values.text('kind'),
              format: values.text('format'),
              period,
              timeZone,
            },
          })
        }}
      >
        <div className={css.fields}>
          <KindAndFormat />
          <Select
            name="period"
            label={t.period}
            options={[
              ['day', t.day],
              ['week', t.week],
              ['month', t.month],
            ]}
          />
        </div>
      </Form>
    </Card>
  )
}
