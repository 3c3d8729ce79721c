import type { UseQueryResult } from '@tanstack/react-query'
import { createContext, useCallback, useContext, useState, type ReactNode } from 'react'
import { newId } from '../api/new-id.ts'
import { ApiProblem, isNotFound } from '../api/problem.ts'
import { common } from '../i18n/common.ts'
import { useTexts } from '../i18n/language.tsx'
import { Button } from './button.tsx'
import css from './feedback.module.css'
import { Hidden, Muted } from './layout.tsx'
import { Notice } from './notice.tsx'
import { useProblemText } from './problem-text.ts'

/** Stands where something will be shown soon. */
export const Skeleton = ({ count = 1 }: { readonly count?: number }) => {
  const t = useTexts(common)
  return (
    <>
      <Hidden>{t.loading}</Hidden>
      {Array.from({ length: count }, (_, at) => (
        <div key={at} className={css.skeleton} aria-hidden="true" />
      ))}
    </>
  )
}

/** Says that a list is empty, and what to do about it. */
export const Empty = ({ children }: { readonly children?: ReactNode }) => {
  const t = useTexts(common)
  return <div className={css.empty}>{children ?? <p>{t.nothing}</p>}</div>
}

/** A failed query, with its reason and another attempt. */
export const Failure = ({
  error,
  onRetry,
}: {
  readonly error: unknown
  readonly onRetry?: () => void
}) => {
  const t = useTexts(common)
  const problemText = useProblemText()
  const traceId = error instanceof ApiProblem ? error.traceId : ''
  return (
    <Notice kind="bad">
      <p>{isNotFound(error) ? t.notFound : problemText(error)}</p>
      {traceId !== '' && (
        <p>
          <small>{t.support(traceId)}</small>
        </p>
      )}
      {onRetry && !isNotFound(error) && (
        <Button small onClick={onRetry}>
          {t.retry}
        </Button>
      )}
    </Notice>
  )
}

/**
 * Shows the data of a query, or that it is loading or failed. Data that are shown stay while a later attempt fails.
 * @param props.skeletons number of placeholders while it is loading
 */
export const Loaded = <T,>({
  query,
  skeletons = 1,
  children,
}: {
  readonly query: UseQueryResult<T>
  readonly skeletons?: number
  readonly children: (data: T) => ReactNode
}) => {
  if (query.data !== undefined) return children(query.data)
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />
  return <Skeleton count={skeletons} />
}

/** How far something is. @param props.share 0 to 1; undefined while that is not known */
export const Progress = ({
  label,
  share,
}: {
  readonly label: string
  readonly share: number | undefined
}) => (
  <label>
    <Muted>{label}</Muted>
    <progress className={css.progress} max={1} {...(share !== undefined && { value: share })} />
  </label>
)

/** Shows the next part of a list. */
export const More = ({
  has,
  busy,
  onMore,
}: {
  readonly has: boolean
  readonly busy: boolean
  readonly onMore: () => void
}) => {
  const t = useTexts(common)
  return has ? (
    <div>
      <Button busy={busy} onClick={onMore}>
        {t.more}
      </Button>
    </div>
  ) : null
}

/** Time that a message is shown, in ms. */
const shownMs = 6_000

type Toast = { readonly id: string; readonly text: string }

const ToastContext = createContext<(text: string) => void>(() => {})

/** Shows short messages of its descendants at the lower edge. */
export const Toasts = ({ children }: { readonly children: ReactNode }) => {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const show = useCallback((text: string) => {
    const id = newId()
    setToasts((all) => [...all, { id, text }])
    setTimeout(() => setToasts((all) => all.filter((one) => one.id !== id)), shownMs)
  }, [])
  return (
    <ToastContext value={show}>
      {children}
      <div className={css.toasts} role="status">
        {toasts.map(({ id, text }) => (
          <div key={id} className={css.toast}>
            {text}
          </div>
        ))}
      </div>
    </ToastContext>
  )
}

/** Returns a function that shows a short message, such as that a command succeeded. */
export const useToast = (): ((text: string) => void) => useContext(ToastContext)
