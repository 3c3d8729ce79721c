import { queryOptions, skipToken } from '@tanstack/react-query'
import { api, read } from '../api/client.ts'

/** What the link of a mail is for, if it is valid; the check does not use it. */
export const linkCheckQuery = (token: string | undefined) =>
  queryOptions({
    queryKey: ['link-check'],
    queryFn:
      token === undefined
        ? skipToken
        : () => read(api.POST('/api/v1/auth/links/check', { body: { token } })),
    // Another token may follow, and it is in no key, which tools show.
    gcTime: 0,
    // A used link is no longer valid: another check after the command would hide its success.
    staleTime: 'static',
  })
