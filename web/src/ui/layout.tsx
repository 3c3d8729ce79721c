import { createLink } from '@tanstack/react-router'
import { useEffect, useRef, type AnchorHTMLAttributes, type ReactNode, type Ref } from 'react'
import css from './layout.module.css'

type Children = { readonly children: ReactNode }

/** Whether a page was shown before in this document. */
let hasShownPage = false

const isField = (element: Element | null): boolean =>
  element !== null && ['INPUT', 'TEXTAREA', 'SELECT'].includes(element.tagName)

/**
 * A page: its title in the document, its heading, and what is beside it. As one page follows another, the heading gets the
 * focus, so that screen readers go on there; on the first page of a visit, browsers begin at the top.
 */
export const Page = ({
  title,
  actions,
  narrow = false,
  children,
}: Children & {
  readonly title: string
  readonly actions?: ReactNode
  readonly narrow?: boolean
}) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} – Agora`
  }, [title])
  useEffect(() => {
    if (hasShownPage && !isField(document.activeElement))
      heading.current?.focus({ preventScroll: true })
    hasShownPage = true
  }, [])
  return (
    <div className={`${css.page} ${narrow ? css.narrow : ''}`}>
      <div className={css.head}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div className={css.row}>{actions}</div>}
      </div>
      {children}
    </div>
  )
}

/** Parts below each other. */
export const Stack = ({ tight = false, children }: Children & { readonly tight?: boolean }) => (
  <div className={`${css.stack} ${tight ? css.tight : ''}`}>{children}</div>
)

/** Parts beside each other, that wrap. */
export const Row = ({ between = false, children }: Children & { readonly between?: boolean }) => (
  <div className={`${css.row} ${between ? css.between : ''}`}>{children}</div>
)

/** The main part, and a narrow one beside it where there is room. */
export const Sides = ({ children }: Children) => <div className={css.sides}>{children}</div>

/** A framed part of a page; with a title it is a section of this name. */
export const Card = ({ title, children }: Children & { readonly title?: string }) =>
  title === undefined ? (
    <div className={css.card}>{children}</div>
  ) : (
    <section className={css.card} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )

/** A list of cards in columns. Children are `li`. */
export const Grid = ({ children, label }: Children & { readonly label?: string }) => (
  <ul className={css.grid} aria-label={label}>
    {children}
  </ul>
)

/** A list below each other. Children are `li`. */
export const List = ({ children, label }: Children & { readonly label?: string }) => (
  <ul className={css.list} aria-label={label}>
    {children}
  </ul>
)

/** Text of less importance. */
export const Muted = ({ children }: Children) => <span className={css.muted}>{children}</span>

/** Text for screen readers alone. */
export const Hidden = ({ children }: Children) => <span className={css.hidden}>{children}</span>

/** Names with their values: `[name, value]`; those without a value are left out. */
export const Terms = ({
  of,
}: {
  readonly of: readonly (readonly [name: string, value: ReactNode])[]
}) => (
  <dl className={css.terms}>
    {of
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value]) => [
        <dt key={`${name} name`}>{name}</dt>,
        <dd key={`${name} value`}>{value}</dd>,
      ])}
  </dl>
)

/** A column of a table. */
export type Column<T> = {
  readonly head: string
  readonly cell: (row: T) => ReactNode
  readonly isNumber?: boolean
}

/** A table that scrolls sideways on narrow screens. @param props.caption for screen readers */
export const Table = <T,>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly keyOf: (row: T) => string
}) => (
  <div className={css.scroll} tabIndex={0} role="region" aria-label={caption}>
    <table className={css.table}>
      <caption className={css.hidden}>{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ head, isNumber }) => (
            <th key={head} scope="col" className={isNumber ? css.number : ''}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ head, cell, isNumber }) => (
              <td key={head} className={isNumber ? css.number : ''}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

/** Links to the pages of one subject. Children are `TabLink`. */
export const Tabs = ({ label, children }: Children & { readonly label: string }) => (
  <nav className={css.tabs} aria-label={label}>
    {children}
  </nav>
)

const Anchor = ({
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly ref?: Ref<HTMLAnchorElement> }) => (
  <a {...rest}>{children}</a>
)

/** One of `Tabs`. */
export const TabLink = createLink(Anchor)
