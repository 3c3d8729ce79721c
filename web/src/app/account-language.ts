import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { signedIn } from '../api/signed-in.ts'
import { preferencesQuery } from '../account/account-queries.ts'
import { languages, useLanguage } from '../i18n/language.tsx'

/**
 * Shows the pages in the language of the user's preferences from the sign-in on; another choice in this browser stays until
 * the next one. To be called once.
 */
export const useAccountLanguage = (): void => {
  const queries = useQueryClient()
  const { choose } = useLanguage()
  useEffect(() => {
    let was = signedIn.is()
    return signedIn.onChange(() => {
      const begins = !was && signedIn.is()
      was = signedIn.is()
      if (!begins) return
      queries.fetchQuery(preferencesQuery).then(
        ({ locale }) => {
          const language = languages.find((one) => locale.toLowerCase().startsWith(one))
          if (language) choose(language)
        },
        // The pages stay as they are.
        () => undefined,
      )
    })
  }, [queries, choose])
}
