import type { ReactNode } from 'react'
import { Card, Muted } from '../../ui/layout.tsx'
import css from './operations.module.css'

/** A number with its name, as one of a `Grid`. */
export const Figure = ({
  name,
  value,
  hint,
}: {
  readonly name: string
  readonly value: string
  readonly hint?: ReactNode
}) => (
  <li>
    <Card>
      <Muted>{name}</Muted>
      <span className={css.figure}>{value}</span>
      {hint && <Muted>{hint}</Muted>}
    </Card>
  </li>
)
