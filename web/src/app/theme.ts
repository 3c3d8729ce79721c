import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { settingsQuery } from '../account/account-queries.ts'
import { useSession } from './session.tsx'

/** Themes of the pages; `system` follows the browser. */
export const themes = ['system', 'light', 'dark'] as const

/** A theme of the pages. */
export type Theme = (typeof themes)[number]

const key = 'agora.theme'

const show = (theme: string | null): void => {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme
  else delete document.documentElement.dataset['theme']
}

/** Shows the theme that this browser showed last, before the user's settings have been read. To be called at the start. */
export const showLastTheme = (): void => show(localStorage.getItem(key))

/** Shows the theme of the signed-in user's settings as they change; without a session, that of the system. */
export const useTheme = (): void => {
  const { isSignedIn } = useSession()
  const { data } = useQuery({ ...settingsQuery, enabled: isSignedIn, staleTime: 60_000 })
  const theme = isSignedIn ? data?.theme : 'system'
  useEffect(() => {
    if (theme === undefined) return
    localStorage.setItem(key, theme)
    show(theme)
  }, [theme])
}
