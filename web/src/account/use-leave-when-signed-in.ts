import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSession } from '../app/session.tsx'

/**
 * Leaves a page for visitors as soon as this browser has a session.
 * @param next address that follows; it replaces the page in the history, so that "back" does not return to the form
 */
export const useLeaveWhenSignedIn = (next: string): void => {
  const { history } = useRouter()
  const { isSignedIn } = useSession()
  useEffect(() => {
    if (isSignedIn) history.replace(next)
  }, [history, isSignedIn, next])
}
