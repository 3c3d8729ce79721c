import { useNavigate } from '@tanstack/react-router'
import { useCommand } from '../../api/use-command.ts'
import { useFormats } from '../../i18n/formats.ts'
import { useTexts } from '../../i18n/language.tsx'
import { Form, Select, TextField, type Values } from '../../ui/form.tsx'
import { Card } from '../../ui/layout.tsx'
import { typedMoment, typedNames } from './event-filter.ts'
import css from './events.module.css'
import { liveTexts } from './live-texts.ts'
import { replaysKey, startReplay, type ReplayDefinition } from './replay-queries.ts'

const definitionOf = (values: Values): ReplayDefinition => {
  const categories = typedNames(values.text('categories'))
  const types = typedNames(values.text('types'))
  const stream = values.given('stream')
  const fromPosition = values.given('fromPosition')
  const fromTime = typedMoment(values.text('fromTime'))
  const until = values.given('until')
  const speed = values.number('speed')
  return {
    filter: {
      ...(categories !== '' && { categories: categories.split(',') }),
      ...(types !== '' && { types: types.split(',') }),
      ...(stream !== undefined && { stream }),
    },
    ...(fromPosition !== undefined && { fromPosition }),
    ...(fromTime !== undefined && { fromTime }),
    ...(until !== undefined && { until }),
    speed: speed ?? 'max',
  }
}

/** Defines a replay, and plays it. */
export const StartReplay = () => {
  const t = useTexts(liveTexts)
  const { number } = useFormats()
  const navigate = useNavigate()
  const start = useCommand({
    send: startReplay,
    changes: [replaysKey],
    onDone: ({ id }) => void navigate({ to: '/desk/replays', search: { id } }),
  })
  return (
    <Card title={t.start}>
      <Form
        label={t.start}
        submitLabel={t.startButton}
        busy={start.isPending}
        error={start.error}
        onSubmit={(values) => start.mutate(definitionOf(values))}
      >
        <div className={css.fields}>
          <TextField
            name="categories"
            field="filter.categories"
            label={t.categories}
            hint={t.typesHint}
            required={false}
          />
          <TextField
            name="types"
            field="filter.types"
            label={t.types}
            hint={t.typesHint}
            required={false}
          />
          <TextField name="stream" field="filter.stream" label={t.stream} required={false} />
          <TextField
            name="fromPosition"
            label={t.fromPosition}
            inputMode="numeric"
            pattern="[0-9]{1,18}"
            required={false}
          />
          <TextField
            name="fromTime"
            label={t.fromTime}
            type="datetime-local"
            step={1}
            required={false}
          />
          <TextField
            name="until"
            label={t.until}
            hint={t.untilHint}
            inputMode="numeric"
            pattern="[0-9]{1,18}"
            required={false}
          />
          <Select
            name="speed"
            label={t.speed}
            defaultValue="max"
            options={[
              ['0.01', t.slower(number(100))],
              ['0.1', t.slower(number(10))],
              ['1', t.originalSpeed],
              ...[10, 100, 1_000].map((factor): [string, string] => [
                String(factor),
                t.times(number(factor)),
              ]),
              ['max', t.max],
            ]}
          />
        </div>
      </Form>
    </Card>
  )
}
