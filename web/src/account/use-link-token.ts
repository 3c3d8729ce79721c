import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { linkToken } from './link-token.ts'

/**
 * Takes the token of a mail's link from the address, where it does not stay: neither the address bar nor the history has
 * it from then on. @returns undefined for an incomplete link
 */
export const useLinkToken = (): string | undefined => {
  const { history, state } = useRouter()
  const [token] = useState(() => linkToken(state.location.search).token)
  useEffect(() => {
    if (token !== undefined) history.replace(history.location.pathname)
  }, [history, token])
  return token
}
