import { useState } from 'react'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Select } from '../../ui/form.tsx'
import { Card, Row, Stack, Table } from '../../ui/layout.tsx'
import { ordersTexts } from './texts.ts'
import { TimelinePicture } from './timeline-picture.tsx'
import css from './timeline-picture.module.css'
import type { Point, Timeline } from './timeline.ts'

/** A stream with the first 8 characters of its id, as ids are shown in tables; the name of a saga is whole. */
const shortened = (subject: string): string =>
  subject.replace(/([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '$1')

const TimelineTable = ({ points }: { readonly points: readonly Point[] }) => {
  const t = useTexts(ordersTexts)
  const { precise } = useFormats()
  const names = new Map(points.map(({ id, name }) => [id, name]))
  return (
    <div className={css.table}>
      <Table
        caption={t.table}
        rows={points}
        keyOf={({ id }) => id}
        columns={[
          { head: t.time, cell: ({ at }) => precise(at) },
          { head: t.lane, cell: ({ lane }) => t.laneName(lane) },
          { head: t.kind, cell: ({ kind }) => t.kindName(kind) },
          {
            head: t.what,
            cell: ({ name, reason, timer }) =>
              [name, reason, timer && t.timer(timer)].filter(Boolean).join(', '),
          },
          { head: t.because, cell: ({ cause }) => (cause === undefined ? '' : names.get(cause)) },
          {
            head: t.subject,
            cell: ({ subject }) => <code title={subject}>{shortened(subject)}</code>,
          },
        ]}
      />
    </div>
  )
}

/** The course of an order as a picture and as a table, as a whole or between two of its events. */
export const TimelineRange = ({ timeline }: { readonly timeline: Timeline }) => {
  const t = useTexts(ordersTexts)
  const { precise } = useFormats()
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const { points, awaited } = timeline
  const atOf = (id: string): number | undefined => points.find((point) => point.id === id)?.at
  const first = atOf(from) ?? Number.NEGATIVE_INFINITY
  const last = atOf(to) ?? Number.POSITIVE_INFINITY
  const shown = points.filter(({ at }) => at >= first && at <= last)
  const moments = points
    .filter(({ kind }) => kind === 'event' || kind === 'timer')
    .map(({ id, name, at }): [string, string] => [id, `${name}, ${precise(at)}`])
  return (
    <>
      <Card title={t.picture}>
        <Row>
          <Select
            name="from"
            label={t.from}
            value={from}
            onChange={({ target }) => setFrom(target.value)}
            options={[['', t.beginning], ...moments]}
          />
          <Select
            name="to"
            label={t.to}
            value={to}
            onChange={({ target }) => setTo(target.value)}
            options={[['', t.end], ...moments]}
          />
        </Row>
        <TimelinePicture timeline={{ points: shown, awaited }} />
      </Card>
      <Card title={t.table}>
        <Stack>
          <TimelineTable points={shown} />
        </Stack>
      </Card>
    </>
  )
}
