import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { api, run, type BodyOf } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import { useCommand } from '../../api/use-command.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Loaded, useToast } from '../../ui/feedback.tsx'
import { Form, Radios, Select, TextField, type Values } from '../../ui/form.tsx'
import { Card, Muted } from '../../ui/layout.tsx'
import { isUnit, units } from './intervals.ts'
import { jobsKey, jobTypesQuery, type JobType } from './jobs-queries.ts'
import { jobsTexts } from './jobs-texts.ts'
import { inputName, payloadFields, typedPayload } from './payload-fields.ts'
import { PayloadInputs } from './payload-inputs.tsx'

type Body = BodyOf<'/api/v1/jobs', 'post'>

const kinds = ['once', 'byCron', 'inIntervals'] as const
type Kind = (typeof kinds)[number]

const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** The timing that was typed; the API names what is missing. */
const timingOf = (kind: Kind, values: Values): Partial<Body> => {
  if (kind === 'byCron') {
    const timeZone = values.given('timeZone')
    return { cron: values.text('cron'), ...(timeZone !== undefined && { timeZone }) }
  }
  if (kind === 'once') {
    const moment = new Date(values.text('runAt'))
    return Number.isNaN(moment.getTime()) ? {} : { runAt: moment.toISOString() }
  }
  const unit = values.text('unit')
  const every = values.number('every')
  return every === undefined || !isUnit(unit) ? {} : { everyMs: Math.round(every * units[unit]) }
}

const overlaps = ['skip', 'queue', 'allow'] as const
const misses = ['once', 'skip'] as const

const settingsOf = (values: Values): Partial<Body> => {
  const overlap = overlaps.find((one) => one === values.text('overlap'))
  const missed = misses.find((one) => one === values.text('missed'))
  const attempts = values.number('attempts')
  const minutes = values.number('timeLimit')
  return {
    ...(overlap && { overlap }),
    ...(missed && { missed }),
    ...(attempts !== undefined && { attempts }),
    ...(minutes !== undefined && { timeLimitMs: Math.round(minutes * units.minute) }),
  }
}

const TimingInputs = ({ kind }: { readonly kind: Kind }) => {
  const t = useTexts(jobsTexts)
  const zones = useId()
  if (kind === 'once')
    return (
      <TextField name="runAt" label={t.runAt} hint={t.runAtHint(ownZone())} type="datetime-local" />
    )
  if (kind === 'byCron')
    return (
      <>
        <TextField name="cron" label={t.cron} hint={t.cronHint} defaultValue="30 2 * * *" />
        <TextField name="timeZone" label={t.zone} defaultValue={ownZone()} list={zones} />
        <datalist id={zones}>
          {Intl.supportedValuesOf('timeZone').map((zone) => (
            <option key={zone} value={zone}>
              {zone}
            </option>
          ))}
        </datalist>
      </>
    )
  return (
    <>
      <TextField
        name="every"
        field="everyMs"
        label={t.every}
        type="number"
        min={0.1}
        step="any"
        defaultValue={1}
      />
      <Select
        name="unit"
        label={t.unit}
        defaultValue="hour"
        options={Object.keys(units)
          .filter(isUnit)
          .map((unit) => [unit, t[unit]] as const)}
      />
    </>
  )
}

const JobForm = ({ types }: { readonly types: readonly JobType[] }) => {
  const t = useTexts(jobsTexts)
  const toast = useToast()
  const navigate = useNavigate()
  const [name, setName] = useState(types[0]?.name)
  const [kind, setKind] = useState<Kind>('once')
  const type = types.find((one) => one.name === name)
  const fields = type ? payloadFields(type.payload) : []
  const schedule = useCommand({
    send: async ({ notJson, ...body }: Body & { readonly notJson: readonly string[] }, once) => {
      if (notJson.length > 0) {
        const errors = notJson.map((one) => ({ field: inputName(one), message: t.notJson }))
        throw new ApiProblem(400, { code: 'invalid_request', errors })
      }
      return run(api.POST('/api/v1/jobs', { ...once, body }))
    },
    changes: [jobsKey],
    onDone: async ({ id }) => {
      toast(t.scheduled)
      await navigate({ to: '/desk/jobs', search: { id } })
    },
  })
  const labels = { once: t.once, byCron: t.byCron, inIntervals: t.inIntervals }
  return (
    <Form
      label={t.schedule}
      submitLabel={t.schedule}
      busy={schedule.isPending}
      error={schedule.error}
      onSubmit={(values) => {
        if (!type) return
        schedule.mutate({
          type: type.name,
          ...typedPayload(fields, values),
          ...timingOf(kind, values),
          ...settingsOf(values),
        })
      }}
    >
      <Select
        name="type"
        label={t.typeOfJob}
        value={name ?? ''}
        onChange={({ target }) => setName(target.value)}
        options={types.map((one) => [one.name, one.name] as const)}
      />
      {type && <Muted>{type.about}</Muted>}
      {type && <PayloadInputs key={type.name} fields={fields} example={type.example} />}
      <Radios
        name="timing"
        label={t.timing}
        defaultValue={kind}
        options={kinds.map((one) => [one, labels[one]] as const)}
        onChange={(value) => setKind(kinds.find((one) => one === value) ?? 'once')}
      />
      <TimingInputs key={kind} kind={kind} />
      <Select
        name="overlap"
        label={t.overlap}
        defaultValue="skip"
        options={overlaps.map((one) => [one, t[one]] as const)}
      />
      <Select
        name="missed"
        label={t.missed}
        defaultValue="once"
        options={[
          ['once', t.missedOnce],
          ['skip', t.missedSkip],
        ]}
      />
      <TextField
        name="attempts"
        label={t.attempts}
        type="number"
        min={1}
        max={10}
        defaultValue={3}
      />
      <TextField
        name="timeLimit"
        field="timeLimitMs"
        label={t.timeLimit}
        type="number"
        min={0.1}
        step="any"
        defaultValue={60}
      />
    </Form>
  )
}

/** The form that schedules a job: its type with the fields of its payload, its timing, its settings. */
export const ScheduleJob = () => {
  const t = useTexts(jobsTexts)
  const query = useQuery(jobTypesQuery)
  return (
    <Card title={t.schedule}>
      <Loaded query={query} skeletons={3}>
        {({ types }) => <JobForm types={types} />}
      </Loaded>
    </Card>
  )
}
