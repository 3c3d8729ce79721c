import type { ReactNode } from 'react'
import css from './button.module.css'

/** A link that looks like a button and leaves the front end: to the API, or to another site. */
export const LinkButton = ({
  href,
  children,
}: {
  readonly href: string
  readonly children: ReactNode
}) => (
  <a href={href} className={`${css.button} ${css.secondary}`}>
    {children}
  </a>
)
