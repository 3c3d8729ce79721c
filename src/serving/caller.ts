import type { Static } from 'typebox'
import type { SessionId, UserId, Role } from '../domains/shared/index.ts'
import { forbidden } from './problem.ts'

/**
 * Access level that a route declares. `public` ones admit anybody, `internal` ones only other processes of Agora. An
 * admin is admitted everywhere else; the route's handler checks the ownership of a single resource.
 */
export type Access = 'public' | 'user' | 'seller' | 'analyst' | 'admin' | 'internal'

/** Rights of a service account: the account of another system. */
export type Service = {
  /** Number of the secret that its token was issued for. */
  readonly secretNumber: number
  /** Names of the operations that it may call; it may call no others, whatever its roles are. */
  readonly operations: readonly string[]
}

/** A signed-in user, or a service account, as their access token identifies them. */
export type Caller = {
  /** Id of the user or of the service account. */
  readonly id: UserId
  readonly roles: readonly Static<typeof Role>[]
  readonly sessionId: SessionId
  /** The account's era when the token was issued: the number of times that all its sessions had been ended at once. */
  readonly era: number
  /** Seconds since 1970. */
  readonly expiresAt: number
  /** Undefined for a user. */
  readonly service?: Service
}

/** Whether a caller may call an operation, as far as that depends on the operation's name. */
export const isGranted = (
  { service }: Pick<Caller, 'service'>,
  operation: string | undefined,
): boolean =>
  service === undefined || (operation !== undefined && service.operations.includes(operation))

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
