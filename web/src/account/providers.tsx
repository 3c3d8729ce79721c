import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, read } from '../api/client.ts'
import { useTexts } from '../i18n/language.tsx'
import { Stack } from '../ui/layout.tsx'
import { LinkButton } from '../ui/link-button.tsx'
import { signingInTexts } from './signing-in-texts.ts'

/** Names of the identity providers that this Agora trusts. */
export const providersQuery = queryOptions({
  queryKey: ['providers'],
  queryFn: () => read(api.GET('/api/v1/auth/oauth')),
  staleTime: Infinity,
})

/** A provider's name as it is shown: `google` is Google. */
export const shownProvider = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** Address at which a sign-in at a provider begins; the browser returns to the sign-in page, and then to `next`. */
const externalSignInAddress = (provider: string, next: string): string => {
  const returnTo = `/sign-in?${new URLSearchParams({ next, returned: 'true' })}`
  return `/api/v1/auth/oauth/${encodeURIComponent(provider)}?${new URLSearchParams({ returnTo })}`
}

/** Links that sign in at the identity providers, if there are any. @param props.next address after the sign-in */
export const ProviderLinks = ({ next }: { readonly next: string }) => {
  const t = useTexts(signingInTexts)
  const { data } = useQuery(providersQuery)
  if (!data || data.providers.length === 0) return null
  return (
    <Stack tight>
      {data.providers.map((name) => (
        <LinkButton key={name} href={externalSignInAddress(name, next)}>
          {t.continueWith(shownProvider(name))}
        </LinkButton>
      ))}
    </Stack>
  )
}
