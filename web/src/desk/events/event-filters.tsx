import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '../../i18n/language.tsx'
import { Form, TextField, type Values } from '../../ui/form.tsx'
import {
  eventFilter,
  localMoment,
  typedMoment,
  typedNames,
  type EventFilter,
} from './event-filter.ts'
import { categoriesQuery } from './event-queries.ts'
import css from './events.module.css'
import { eventTexts } from './texts.ts'

const filterOf = (values: Values): EventFilter =>
  eventFilter({
    category: typedNames(values.text('category')),
    type: typedNames(values.text('type')),
    fromTime: typedMoment(values.text('fromTime')),
    toTime: typedMoment(values.text('toTime')),
    fromPosition: values.text('fromPosition'),
    toPosition: values.text('toPosition'),
  })

/** Form of the filter of events. @param props.actions beside its button */
export const EventFilters = ({
  filter,
  error,
  onFilter,
  actions,
}: {
  readonly filter: EventFilter
  readonly error?: Error | null
  readonly onFilter: (filter: EventFilter) => void
  readonly actions?: ReactNode
}) => {
  const t = useTexts(eventTexts)
  const { data: categories = [] } = useQuery(categoriesQuery)
  return (
    <Form
      key={JSON.stringify(filter)}
      label={t.filter}
      submitLabel={t.apply}
      busy={false}
      error={error}
      actions={actions}
      onSubmit={(values) => onFilter(filterOf(values))}
    >
      <div className={css.fields}>
        <TextField
          name="category"
          label={t.categories}
          hint={t.namesHint}
          required={false}
          defaultValue={filter.category}
          list="event-categories"
        />
        <datalist id="event-categories">
          {categories.map(({ category }) => (
            <option key={category}>{category}</option>
          ))}
        </datalist>
        <TextField
          name="type"
          label={t.types}
          hint={t.namesHint}
          required={false}
          defaultValue={filter.type}
        />
        <TextField
          name="fromTime"
          label={t.fromTime}
          type="datetime-local"
          step={1}
          required={false}
          defaultValue={localMoment(filter.fromTime)}
        />
        <TextField
          name="toTime"
          label={t.toTime}
          type="datetime-local"
          step={1}
          required={false}
          defaultValue={localMoment(filter.toTime)}
        />
        <TextField
          name="fromPosition"
          label={t.fromPosition}
          inputMode="numeric"
          pattern="[0-9]{1,18}"
          required={false}
          defaultValue={filter.fromPosition}
        />
        <TextField
          name="toPosition"
          label={t.toPosition}
          inputMode="numeric"
          pattern="[0-9]{1,18}"
          required={false}
          defaultValue={filter.toPosition}
        />
      </div>
    </Form>
  )
}
