import { refuse, type Refusal } from '#kernel'
import type { Role, SessionId } from '../shared/index.ts'
import type { RequestId } from './account-messages.ts'
import type { ExternalIdentityId } from './external-identity.ts'

/** An open request of a link by mail, with the `credentials` of the account at that time. */
export type Pending = {
  readonly requestId: RequestId
  readonly expiresAt: string
  readonly credentials: number
}

/** An external identity linked to the account. */
export type SignIn = {
  readonly identityId: ExternalIdentityId
  readonly provider: string
  readonly addedAt: string
}

/** An account that was registered. */
export type Person = {
  readonly email: string
  readonly emailVerified: boolean
  readonly username: string
  readonly name?: string
  readonly roles: readonly Role[]
  /** Empty for an account without a password. */
  readonly passwordHash: string
  /** Linked external identities. */
  readonly signIns: readonly SignIn[]
  /** Identities that were removed last; a sign-in does not add them again. */
  readonly unlinked: readonly ExternalIdentityId[]
  /** Sessions of earlier eras are invalid, except `keptSessionId`. */
  readonly era: number
  /**
   * Number of changes of the credentials: password, address, identities, or the end of all sessions. Requests from before
   * the last change are refused.
   */
  readonly credentials: number
  readonly keptSessionId?: SessionId | undefined
  readonly reset?: Pending | undefined
  readonly emailChange?:
    | (Pending & { readonly email: string; readonly sessionId?: SessionId | undefined })
    | undefined
  /** Address before the last change. */
  readonly previous?: { readonly requestId: RequestId; readonly email: string } | undefined
  /** Time of the last mail about failed sign-ins. */
  readonly alarmedAt?: string | undefined
  /** Last link that verifies the address. */
  readonly verification?: Omit<Pending, 'requestId'> | undefined
}

/** State of an account. */
export type State =
  | { readonly status: 'new' }
  | ({ readonly status: 'active' } & Person)
  | ({ readonly status: 'suspended' } & Person)
  /** `told`: the last mail was sent or given up. */
  | ({ readonly status: 'closed'; readonly told?: true } & Person)

/**
 * Returns whether a request was made with the current credentials of an account: a person who knew the earlier ones must
 * not complete it.
 */
export const isOfTheseCredentials = (
  account: { readonly credentials: number },
  begun: { readonly credentials: number },
): boolean => begun.credentials === account.credentials

/** Returns an open account, suspended or not, for commands of others. */
export const there = (state: State): Person | Refusal<'NoSuchAccount' | 'Closed'> => {
  if (state.status === 'new') return refuse('NoSuchAccount')
  return state.status === 'closed' ? refuse('Closed') : state
}

/** Returns an active account, for commands of its user. */
export const active = (state: State): Person | Refusal<'NoSuchAccount' | 'Closed' | 'Suspended'> =>
  state.status === 'suspended' ? refuse('Suspended') : there(state)

/** Returns a registered account with changes; any other state as it is. */
export const changed = (state: State, change: (person: Person) => Partial<Person>): State =>
  state.status === 'new' ? state : { ...state, ...change(state) }
