import type { ReactNode } from 'react'
import { useMedia } from '../ui/use-media.ts'
import css from './beside.module.css'

/** Filters beside a list; above it and folded away where there is no room. To be used in `Sides`. */
export const Beside = ({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}) => {
  // As wide as the columns of `Sides` need.
  const hasRoom = useMedia('(min-width: 56rem)')
  return hasRoom ? (
    children
  ) : (
    <details className={css.fold}>
      <summary>{title}</summary>
      {children}
    </details>
  )
}
