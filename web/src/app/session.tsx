import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { api, read, type DataOf } from '../api/client.ts'
import { kept } from '../api/private-storage.ts'
import { ApiProblem } from '../api/problem.ts'
import { signedIn } from '../api/signed-in.ts'
import { closeSockets } from '../api/sockets.ts'

/** The signed-in user. */
export type User = DataOf<'/api/v1/users/me', 'get'>

/** A role of a user. */
export type Role = User['roles'][number]

/** Key of the query for the signed-in user. */
export const meKey = ['me'] as const

/** The session of this browser. */
export type Session = {
  /** Undefined while nobody is signed in, and until the user has been read. */
  readonly user: User | undefined
  /** Why the user could not be read. */
  readonly error: Error | null
  /** Whether this browser has a session, even before the user has been read. */
  readonly isSignedIn: boolean
  /** Whether the user has one of some roles; an admin is an analyst too. */
  readonly is: (...roles: readonly Role[]) => boolean
}

/** The session of this browser; the same in all components. */
export const useSession = (): Session => {
  const isSignedIn = useSyncExternalStore(signedIn.onChange, signedIn.is)
  const { data: user, error } = useQuery({
    queryKey: meKey,
    queryFn: () => read(api.GET('/api/v1/users/me')),
    enabled: isSignedIn,
    staleTime: 60_000,
  })
  useEffect(() => {
    if (error instanceof ApiProblem && error.status === 401) signedIn.end()
  }, [error])
  const shown = isSignedIn ? user : undefined
  return {
    user: shown,
    error,
    isSignedIn,
    is: (...roles) =>
      shown !== undefined &&
      roles.some(
        (role) =>
          shown.roles.includes(role) || (role === 'analyst' && shown.roles.includes('admin')),
      ),
  }
}

/** Removes what this browser keeps of other users from the sign-in of a user on. To be called once. */
export const useForgetOthers = (): void => {
  const id = useSession().user?.userId
  useEffect(() => {
    if (id !== undefined) kept.forgetOthers(id)
  }, [id])
}

/** Forgets everything that was read for a user as the session ends, in all tabs. To be called once. */
export const useForgetAtSignOut = (): void => {
  const queries = useQueryClient()
  useEffect(
    () =>
      signedIn.onChange(() => {
        closeSockets()
        if (!signedIn.is()) queries.clear()
        void queries.invalidateQueries()
      }),
    [queries],
  )
}
