import css from './json-block.module.css'

/** Data as indented JSON, which is text and never markup, and scrolls by keyboard. @param props.label what it is */
export const JsonBlock = ({
  label,
  value,
}: {
  readonly label: string
  readonly value: unknown
}) => (
  <pre className={css.json} tabIndex={0} role="region" aria-label={label}>
    {JSON.stringify(value, undefined, 2) ?? '–'}
  </pre>
)
