import type { ReactNode } from 'react'
import css from './form.module.css'

/** Fields that belong together, such as several boxes, under a name. */
export const FieldGroup = ({
  label,
  children,
}: {
  readonly label: string
  readonly children: ReactNode
}) => (
  <fieldset className={css.group}>
    <legend>{label}</legend>
    {children}
  </fieldset>
)
