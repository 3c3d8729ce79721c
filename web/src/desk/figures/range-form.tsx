import { useNavigate } from '@tanstack/react-router'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, TextField } from '../../ui/form.tsx'
import { Card } from '../../ui/layout.tsx'
import { useNow } from '../../ui/time.tsx'
import { dashboardSearch, lastDays, localZone, type DashboardSearch } from './dashboard-search.ts'
import css from './figure.module.css'
import { figureTexts } from './texts.ts'

/** Lengths of ranges that are chosen often, in days. */
const usual = [1, 7, 30, 90]

/** The range of the dashboard and its time zone, which are in its address. */
export const RangeForm = ({
  search,
  error,
}: {
  readonly search: DashboardSearch
  readonly error: Error | null
}) => {
  const t = useTexts(figureTexts)
  const { number } = useFormats()
  const navigate = useNavigate()
  const { timeZone = localZone() } = search
  const now = useNow()
  return (
    <Card title={t.range}>
      <Form
        key={JSON.stringify(search)}
        label={t.range}
        submitLabel={t.apply}
        busy={false}
        error={error}
        onSubmit={(values) =>
          void navigate({
            to: '/desk/dashboard',
            search: {
              ...search,
              ...dashboardSearch({
                from: values.text('from'),
                to: values.text('to'),
                timeZone: values.text('timeZone'),
              }),
            },
          })
        }
        actions={usual.map((count) => (
          <ButtonLink
            key={count}
            small
            look="quiet"
            to="/desk/dashboard"
            search={{ ...search, ...lastDays(count, now, timeZone) }}
          >
            {t.days(number(count))}
          </ButtonLink>
        ))}
      >
        <div className={css.fields}>
          <TextField
            name="from"
            label={t.from}
            type="date"
            required={false}
            defaultValue={search.from}
          />
          <TextField name="to" label={t.to} type="date" required={false} defaultValue={search.to} />
          <TextField
            name="timeZone"
            label={t.timeZone}
            list="time-zones"
            maxLength={64}
            defaultValue={timeZone}
          />
          <datalist id="time-zones">
            {Intl.supportedValuesOf('timeZone').map((name) => (
              <option key={name}>{name}</option>
            ))}
          </datalist>
        </div>
      </Form>
    </Card>
  )
}
