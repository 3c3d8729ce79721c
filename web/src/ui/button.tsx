import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, Ref } from 'react'
import css from './button.module.css'

/** Looks of a button: one `primary` a view; `quiet` beside others; `danger` for what cannot be undone. */
export type Look = 'primary' | 'secondary' | 'quiet' | 'danger'

type Style = { readonly look?: Look; readonly small?: boolean }

const classOf = ({ look = 'secondary', small = false }: Style): string =>
  [css.button, css[look], small ? css.small : ''].join(' ')

/**
 * A button. While `busy` it does nothing, and keeps the focus, which a disabled one would lose.
 * @param props.busy whether its command is under way
 */
export const Button = ({
  look,
  small,
  busy = false,
  type = 'button',
  onClick,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> &
  Style & { readonly busy?: boolean; readonly ref?: Ref<HTMLButtonElement> }) => (
  <button
    {...rest}
    type={type}
    className={classOf({ ...(look && { look }), ...(small && { small }) })}
    aria-disabled={busy || undefined}
    onClick={(event) => {
      if (busy) event.preventDefault()
      else onClick?.(event)
    }}
  />
)

const Anchor = ({
  look,
  small,
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & Style & { readonly ref?: Ref<HTMLAnchorElement> }) => (
  <a {...rest} className={classOf({ ...(look && { look }), ...(small && { small }) })}>
    {children}
  </a>
)

/** A link to a page that looks like a button. */
export const ButtonLink = createLink(Anchor)
