import type { ReactNode } from 'react'
import css from './notice.module.css'

/** Meanings of a notice or a badge. */
export type Kind = 'info' | 'good' | 'warn' | 'bad'

/** A short statement about the page; faults are announced at once. */
export const Notice = ({
  kind = 'info',
  children,
}: {
  readonly kind?: Kind
  readonly children: ReactNode
}) => (
  <div className={`${css.notice} ${css[kind]}`} role={kind === 'bad' ? 'alert' : 'status'}>
    {children}
  </div>
)

/** A status in a word. */
export const Badge = ({
  kind = 'neutral',
  children,
}: {
  readonly kind?: Kind | 'neutral'
  readonly children: ReactNode
}) => <span className={`${css.badge} ${css[kind]}`}>{children}</span>
