import { api } from '../api/client.ts'

/** Sets the language and the time zone of a new account to those of this browser; without success, the defaults stay. */
export const adoptBrowser = async (locale: string): Promise<void> => {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  await Promise.allSettled([
    api.PUT('/api/v1/users/me/preferences', { body: { locale } }),
    api.PUT('/api/v1/users/me/settings', { body: { timeZone } }),
  ])
}
