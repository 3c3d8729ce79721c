import { useTexts } from '../../i18n/language.tsx'
import { Checkbox, Select, TextArea, TextField } from '../../ui/form.tsx'
import { jobsTexts } from './jobs-texts.ts'
import { inputName, type PayloadField } from './payload-fields.ts'

const exampleText = (example: unknown): string =>
  typeof example === 'string' || typeof example === 'number' ? String(example) : ''

const PayloadInput = ({
  field,
  example,
}: {
  readonly field: PayloadField
  readonly example: unknown
}) => {
  const t = useTexts(jobsTexts)
  const { name, kind, options, isRequired, about, min, max } = field
  const common = { name: inputName(name), label: name, hint: about }
  if (kind === 'yes-no') return <Checkbox {...common} />
  const required = isRequired
  if (kind === 'choice')
    return (
      <Select
        {...common}
        required={required}
        options={[
          ...(required ? [] : [['', t.any] as const]),
          ...options.map((one) => [one, one] as const),
        ]}
      />
    )
  if (kind === 'json')
    return (
      <TextArea
        {...common}
        hint={about ?? t.json}
        required={required}
        rows={3}
        defaultValue={required && example !== undefined ? JSON.stringify(example) : ''}
      />
    )
  return (
    <TextField
      {...common}
      required={required}
      defaultValue={required ? exampleText(example) : ''}
      {...(kind === 'number' && { type: 'number', min, max })}
    />
  )
}

/** Fields for the payload of a job, by its schema; required ones begin with the example's values. */
export const PayloadInputs = ({
  fields,
  example,
}: {
  readonly fields: readonly PayloadField[]
  readonly example: Readonly<Record<string, unknown>>
}) =>
  fields.map((field) => (
    <PayloadInput key={field.name} field={field} example={example[field.name]} />
  ))
