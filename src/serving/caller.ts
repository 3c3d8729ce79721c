import type { Static } from 'typebox'
import type { SessionId, UserId, Role } from '../domains/shared/index.ts'
import { forbidden } from './problem.ts'

/**
 * Access level that a route declares. `public` ones admit anybody, `internal` ones only other processes of Agora. An
 * admin is admitted everywhere else; the route's handler checks the ownership of a single resource.
 */
export type Access = 'public' | 'user' | 'seller' | 'analyst' | 'admin' | 'internal'

/** A signed-in user, as their access token identifies them. */
export type Caller = {
  readonly id: UserId
  readonly roles: readonly Static<typeof Role>[]
  readonly sessionId: SessionId
  /** The account's era when the token was issued: the number of times that all its sessions had been ended at once. */
  readonly era: number
  /** Seconds since 1970. */
  readonly expiresAt: number
}

/** Whether a caller has the access that a level requires. */
export const allows = (access: Access, { roles }: Pick<Caller, 'roles'>): boolean => {
  if (access === 'public' || access === 'user') return true
  if (access === 'internal') return false
  return roles.includes('admin') || roles.includes(access)
}

/** Whether the caller owns a resource, or is an admin. */
export const ownsOrAdmin = (caller: Pick<Caller, 'id' | 'roles'>, ownerId: string): boolean =>
  caller.id === ownerId || caller.roles.includes('admin')

/** Admits the owner and admins. @throws Problem 403 */
export const mustOwn = (caller: Pick<Caller, 'id' | 'roles'>, ownerId: string): void => {
  if (!ownsOrAdmin(caller, ownerId)) throw forbidden()
}
