import { useEffect, useId, useRef, type ReactNode } from 'react'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button, type Look } from './button.tsx'
import css from './dialog.module.css'
import { Row } from './layout.tsx'
import { Notice } from './notice.tsx'
import { useProblemText } from './problem-text.ts'

/** A modal dialog; the escape key closes it, and the focus returns to where it was. */
export const Dialog = ({
  title,
  isOpen,
  onClose,
  children,
}: {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: ReactNode
}) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog ref={dialog} className={css.dialog} aria-labelledby={id} onClose={onClose}>
      {isOpen && (
        <div className={css.content}>
          <h2 id={id}>{title}</h2>
          {children}
        </div>
      )}
    </dialog>
  )
}

/** Asks before a command that cannot be undone. @param props.confirmLabel what the command does */
export const Confirm = ({
  title,
  isOpen,
  onClose,
  onConfirm,
  confirmLabel,
  look = 'danger',
  busy,
  error,
  children,
}: {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onConfirm: () => void
  readonly confirmLabel: string
  readonly look?: Look
  readonly busy: boolean
  readonly error?: Error | null | undefined
  readonly children?: ReactNode
}) => {
  const t = useTexts(common)
  const problemText = useProblemText()
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      {children}
      {error && <Notice kind="bad">{problemText(error)}</Notice>}
      <Row>
        <Button look={look} busy={busy} onClick={onConfirm}>
          {confirmLabel}
        </Button>
        <Button onClick={onClose}>{t.cancel}</Button>
      </Row>
    </Dialog>
  )
}
