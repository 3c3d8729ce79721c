import {
  createContext,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type InputHTMLAttributes,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react'
import { ApiProblem } from '../api/problem.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { useServerTexts } from '../i18n/server-texts.ts'
import { Button } from './button.tsx'
import css from './form.module.css'
import { Notice } from './notice.tsx'
import { useProblemText } from './problem-text.ts'

/** Messages by the name of the field. */
type Faults = ReadonlyMap<string, string>

const FaultsContext = createContext<Faults>(new Map())

const faultsOf = (error: unknown, shown: (message: string) => string): Faults =>
  new Map(
    error instanceof ApiProblem
      ? error.errors.map(({ field, message }) => [field, shown(message)])
      : [],
  )

/** Values of a submitted form, by the names of its fields. */
export type Values = {
  /** Text of a field, trimmed; empty without one. */
  readonly text: (name: string) => string
  /** Text of a field as it was typed, such as a password. */
  readonly raw: (name: string) => string
  /** Text of a field; undefined if it is empty, for optional fields. */
  readonly given: (name: string) => string | undefined
  /** Number in a field; undefined if it is empty or none. */
  readonly number: (name: string) => number | undefined
  /** Whether a box is ticked. */
  readonly ticked: (name: string) => boolean
  /** Values of all ticked boxes of a name. */
  readonly all: (name: string) => readonly string[]
}

const valuesOf = (form: HTMLFormElement): Values => {
  const data = new FormData(form)
  const raw = (name: string): string => {
    const value = data.get(name)
    return typeof value === 'string' ? value : ''
  }
  const text = (name: string): string => raw(name).trim()
  return {
    raw,
    text,
    given: (name) => text(name) || undefined,
    number: (name) => {
      const typed = text(name).replace(',', '.')
      return typed === '' || Number.isNaN(Number(typed)) ? undefined : Number(typed)
    },
    ticked: (name) => data.has(name),
    all: (name) => data.getAll(name).filter((one) => typeof one === 'string'),
  }
}

const fieldsOf = (form: HTMLFormElement): ReadonlySet<string> =>
  new Set(
    [...form.elements].flatMap((one) =>
      one instanceof HTMLElement && one.dataset['field'] !== undefined
        ? [one.dataset['field']]
        : [],
    ),
  )

/**
 * A form whose fields keep what was typed until its command succeeded. Faults that the API names are shown at their
 * fields, and the first of these gets the focus; all others are shown above the button.
 * @param props.error of the last attempt
 * @param props.busy whether an attempt is under way
 * @param props.submitLabel of its button
 * @param props.actions beside the button
 * @param props.explain returns a text that is shown instead of the API's; undefined: the API's
 */
export const Form = ({
  onSubmit,
  error,
  explain,
  busy,
  submitLabel,
  actions,
  children,
  label,
}: {
  readonly onSubmit: (values: Values, form: HTMLFormElement) => void
  readonly error?: Error | null | undefined
  readonly explain?: (problem: ApiProblem) => string | undefined
  readonly busy: boolean
  readonly submitLabel: string
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly label?: string
}) => {
  const form = useRef<HTMLFormElement>(null)
  /** Paths of the fields that the form had at the last error. */
  const [fields, setFields] = useState<ReadonlySet<string>>(new Set())
  const problemText = useProblemText()
  const { fault: shown } = useServerTexts()
  const faults = faultsOf(error, shown)
  // Measured here, as the error may be that of a request which the address made, without a submission. Before the paint, so
  // that a fault which has a field is shown nowhere else.
  useLayoutEffect(() => {
    if (error && form.current) setFields(fieldsOf(form.current))
  }, [error])
  useEffect(() => {
    if (!error) return
    const first = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    if (first) first.focus()
    else form.current?.querySelector<HTMLElement>('[data-form-error]')?.focus()
  }, [error])
  const elsewhere =
    error instanceof ApiProblem ? error.errors.filter(({ field }) => !fields.has(field)) : []
  const isShownAtFields = faults.size > 0 && elsewhere.length === 0
  return (
    <FaultsContext value={faults}>
      <form
        ref={form}
        className={css.form}
        aria-label={label}
        onSubmit={(event) => {
          event.preventDefault()
          if (busy) return
          onSubmit(valuesOf(event.currentTarget), event.currentTarget)
        }}
      >
        {children}
        {error && !isShownAtFields && (
          <div data-form-error="" tabIndex={-1}>
            <Notice kind="bad">
              {elsewhere.length === 0
                ? (error instanceof ApiProblem && explain?.(error)) || problemText(error)
                : elsewhere.map(({ field, message }) => (
                    <p key={field}>
                      {field} {shown(message)}
                    </p>
                  ))}
            </Notice>
          </div>
        )}
        <div className={css.actions}>
          <Button type="submit" look="primary" busy={busy}>
            {submitLabel}
          </Button>
          {actions}
        </div>
      </form>
    </FaultsContext>
  )
}

type Labelled = {
  readonly name: string
  readonly label: string
  readonly hint?: string | undefined
  /** Path of the field in the request, where it is not the name. */
  readonly field?: string | undefined
}

const useField = ({ name, hint, field = name }: Labelled) => {
  const id = useId()
  const fault = useContext(FaultsContext).get(field)
  const described = [hint && `${id}-hint`, fault && `${id}-error`].filter(Boolean).join(' ')
  return {
    id,
    fault,
    attributes: {
      id,
      name,
      'data-field': field,
      'aria-invalid': fault === undefined ? undefined : true,
      'aria-describedby': described || undefined,
    } as const,
  }
}

const Wrapped = ({
  id,
  label,
  hint,
  fault,
  required,
  children,
}: Pick<Labelled, 'label' | 'hint'> & {
  readonly id: string
  readonly fault: string | undefined
  readonly required: boolean
  readonly children: ReactNode
}) => {
  const t = useTexts(common)
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {label} {!required && <span className={css.optional}>({t.optional})</span>}
      </label>
      {children}
      {hint && (
        <span className={css.hint} id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {fault !== undefined && (
        <span className={css.error} id={`${id}-error`}>
          {fault}
        </span>
      )}
    </div>
  )
}

/** A field for a line of text, a number or a date. Required unless `required={false}`. @param props.beside a button */
export const TextField = ({
  label,
  hint,
  field,
  beside,
  required = true,
  ...rest
}: Labelled & { readonly beside?: ReactNode } & Omit<
    InputHTMLAttributes<HTMLInputElement>,
    'name'
  >) => {
  const { id, fault, attributes } = useField({ name: rest.name, label, hint, field })
  const input = <input {...rest} {...attributes} required={required} className={css.input} />
  return (
    <Wrapped id={id} label={label} hint={hint} fault={fault} required={required}>
      {beside === undefined ? (
        input
      ) : (
        <span className={css.beside}>
          {input}
          {beside}
        </span>
      )}
    </Wrapped>
  )
}

/** A field for text of several lines. Required unless `required={false}`. */
export const TextArea = ({
  label,
  hint,
  field,
  required = true,
  ...rest
}: Labelled & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'name'>) => {
  const { id, fault, attributes } = useField({ name: rest.name, label, hint, field })
  return (
    <Wrapped id={id} label={label} hint={hint} fault={fault} required={required}>
      <textarea {...rest} {...attributes} required={required} className={css.input} />
    </Wrapped>
  )
}

/** A choice among a few values: `[value, label]`. Required unless `required={false}`. */
export const Select = ({
  label,
  hint,
  field,
  options,
  required = true,
  ...rest
}: Labelled &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, 'name'> & {
    readonly options: readonly (readonly [value: string, label: string])[]
  }) => {
  const { id, fault, attributes } = useField({ name: rest.name, label, hint, field })
  return (
    <Wrapped id={id} label={label} hint={hint} fault={fault} required={required}>
      <select {...rest} {...attributes} required={required} className={css.input}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Wrapped>
  )
}

/** A box to tick. */
export const Checkbox = ({
  label,
  hint,
  field,
  ...rest
}: Labelled & Omit<InputHTMLAttributes<HTMLInputElement>, 'name' | 'type'>) => {
  const { id, fault, attributes } = useField({ name: rest.name, label, hint, field })
  return (
    <div className={css.check}>
      <input {...rest} {...attributes} type="checkbox" />
      <div className={css.field}>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <span className={css.hint} id={`${id}-hint`}>
            {hint}
          </span>
        )}
        {fault !== undefined && (
          <span className={css.error} id={`${id}-error`}>
            {fault}
          </span>
        )}
      </div>
    </div>
  )
}

/** One of a few values, all of which are seen. */
export const Radios = ({
  name,
  label,
  hint,
  field,
  options,
  defaultValue,
  onChange,
}: Labelled & {
  readonly options: readonly (readonly [value: string, label: ReactNode])[]
  readonly defaultValue?: string | undefined
  readonly onChange?: (value: string) => void
}) => {
  const { id, fault, attributes } = useField({ name, label, hint, field })
  return (
    <fieldset className={css.group} aria-describedby={attributes['aria-describedby']}>
      <legend>{label}</legend>
      {hint && (
        <span className={css.hint} id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {options.map(([value, text]) => (
        <label key={value} className={css.check}>
          <input
            type="radio"
            name={name}
            value={value}
            required
            data-field={attributes['data-field']}
            defaultChecked={value === defaultValue}
            onChange={() => onChange?.(value)}
          />
          <span>{text}</span>
        </label>
      ))}
      {fault !== undefined && (
        <span className={css.error} id={`${id}-error`}>
          {fault}
        </span>
      )}
    </fieldset>
  )
}
