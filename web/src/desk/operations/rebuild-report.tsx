import { Link } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { List, Muted, Stack, Table } from '../../ui/layout.tsx'
import { Ago } from '../../ui/time.tsx'
import css from './operations.module.css'
import type { Projection } from './operations-queries.ts'
import { rebuildTexts } from './rebuild-texts.ts'

type Report = NonNullable<NonNullable<Projection['rebuild']>['report']>
type Field = Report['fields'][number]
type Sample = Field['samples'][number]

const Value = ({
  label,
  value,
  event,
}: {
  readonly label: string
  readonly value: unknown
  readonly event: Sample['newEvent']
}) => {
  const t = useTexts(rebuildTexts)
  return (
    <span className={css.name}>
      {label}: {value === undefined ? t.noValue : <code>{JSON.stringify(value)}</code>}{' '}
      {event && <Muted>{t.by(event.type, event.position)}</Muted>}
    </span>
  )
}

const Samples = ({
  field,
  model,
  at,
}: {
  readonly field: Field
  readonly model: string
  readonly at: string
}) => {
  const t = useTexts(rebuildTexts)
  return (
    <List label={`${t.samples}: ${field.path}`}>
      {field.samples.map((sample) => (
        <li key={sample.key}>
          <Stack tight>
            <Link to="/desk/why" search={{ model, key: sample.key, at }}>
              {t.why(sample.key)}
            </Link>
            <Value label={t.before} value={sample.old} event={sample.oldEvent} />
            <Value label={t.after} value={sample.new} event={sample.newEvent} />
          </Stack>
        </li>
      ))}
    </List>
  )
}

/** What a rebuild with a gate differs in, by field, with samples that lead to the events of their documents. */
export const RebuildReport = ({
  model,
  report,
}: {
  readonly model: string
  readonly report: Report
}) => {
  const t = useTexts(rebuildTexts)
  const { number } = useFormats()
  const { fields, furtherFields, onlyOldKeys, onlyNewKeys, position } = report
  if (report.isOldLost) return <p>{t.oldLost}</p>
  return (
    <Stack>
      <p>
        {t.comparedAt} <Ago at={report.at} />:{' '}
        {t.counts(
          number(report.same),
          number(report.different),
          number(report.onlyOld),
          number(report.onlyNew),
        )}
        . <strong>{t.counted(number(report.counted))}</strong>
      </p>
      {fields.length > 0 && (
        <Table
          caption={t.byField}
          rows={fields}
          keyOf={({ path }) => path}
          columns={[
            {
              head: t.field,
              cell: ({ path, ignored }) => (
                <>
                  <code>{path}</code> {ignored && <Muted>({t.ignored})</Muted>}
                </>
              ),
            },
            { head: t.documents, isNumber: true, cell: ({ documents }) => number(documents) },
            {
              head: t.samples,
              cell: (field) => <Samples field={field} model={model} at={position} />,
            },
          ]}
        />
      )}
      {furtherFields > 0 && <Muted>{t.further(number(furtherFields))}</Muted>}
      {onlyOldKeys.length > 0 && <p className={css.name}>{t.onlyOld(onlyOldKeys.join(', '))}</p>}
      {onlyNewKeys.length > 0 && <p className={css.name}>{t.onlyNew(onlyNewKeys.join(', '))}</p>}
    </Stack>
  )
}
