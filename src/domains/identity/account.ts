import { decider, isRefusal, refuse, type Refusal } from '#kernel'
import { UserId, type SessionId } from '../shared/index.ts'
import { commands, events, refusals, type RequestId, type Role } from './account-messages.ts'
import { normalEmail } from './email.ts'
import type { ExternalIdentityId } from './external-identity.ts'

/** A wish for a link by mail that is still open. */
type Pending = { readonly requestId: RequestId; readonly expiresAt: string }

/** An external identity that signs in to the account. */
type SignIn = {
  readonly identityId: ExternalIdentityId
  readonly provider: string
  readonly addedAt: string
}

type Person = {
  readonly email: string
  readonly emailVerified: boolean
  readonly username: string
  readonly name?: string
  readonly roles: readonly Role[]
  /** Empty for who has none. */
  readonly passwordHash: string
  /** Who signs in to it without a password. */
  readonly signIns: readonly SignIn[]
  /** The identities that were taken away from it last: they do not come back by themselves. */
  readonly unlinked: readonly ExternalIdentityId[]
  /** Sessions of earlier eras are over, except the one that is kept. */
  readonly era: number
  readonly keptSessionId?: SessionId | undefined
  readonly reset?: Pending | undefined
  readonly emailChange?: (Pending & { readonly email: string }) | undefined
  /** The address that they went by until a change. */
  readonly previous?: { readonly requestId: RequestId; readonly email: string } | undefined
  /** Until when the last link that shows whose the address is may be used. */
  readonly verifyUntil?: string | undefined
}

type State =
  | { readonly status: 'new' }
  | ({ readonly status: 'active' } & Person)
  | ({ readonly status: 'suspended' } & Person)
  /** `told` once they know, or cannot be told. */
  | ({ readonly status: 'closed'; readonly told?: true } & Person)

/** How long the link that lets somebody set a new password is good, in ms. */
export const resetHolds = 60 * 60_000

/** How long the link that shows whose an address is, is good, in ms. */
export const verificationHolds = 7 * 24 * 60 * 60_000

/** How long the link that changes an address is good, in ms. */
export const emailChangeHolds = 60 * 60_000

/** So many external identities may sign in to one account. */
const mostSignIns = 20

/** So soon after the last mail of its kind, in ms, no other one is sent. */
const pauses = { reset: 5 * 60_000, verification: 60_000 }

/** A user's account: who they are, how they prove it, and what they may do. */
export const account = decider({
  name: 'account',
  id: UserId,
  commands,
  events,
  refusals,
}).rules<State>({
  initialState: { status: 'new' },
  stateVersion: 3,

  decide: {
    RegisterAccount: ({ passwordHash, ...registration }, state) => {
      if (state.status === 'new')
        return [
          { type: 'UserRegistered', data: registration },
          ...(passwordHash === undefined
            ? []
            : [{ type: 'PasswordSet', data: { passwordHash } } as const]),
        ]
      const { email, username } = registration
      const same = state.email === normalEmail(email) && state.username === username
      return same ? [] : refuse('AlreadyRegistered')
    },

    SetPassword: ({ passwordHash, keptSessionId }, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      if (person.passwordHash === passwordHash) return []
      const set = { type: 'PasswordSet', data: { passwordHash } } as const
      if (person.passwordHash === '') return [set]
      return [set, sessionsEnded(person, 'password_changed', keptSessionId)]
    },

    RequestPasswordReset: (data, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      return isTooSoon(data.expiresAt, person.reset?.expiresAt, pauses.reset)
        ? []
        : [{ type: 'PasswordResetRequested', data }]
    },

    ResetPassword: ({ requestId, passwordHash }, state, { now }) => {
      const person = active(state)
      if (isRefusal(person)) return person
      if (!isOpen(person.reset, requestId, now)) return refuse('LinkExpired')
      return [
        { type: 'PasswordReset', data: { requestId } },
        { type: 'PasswordSet', data: { passwordHash } },
        sessionsEnded(person, 'password_reset'),
        // Their mail reached them.
        ...(person.emailVerified
          ? []
          : [{ type: 'EmailVerified', data: { email: person.email } } as const]),
      ]
    },

    RequestEmailVerification: ({ expiresAt }, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      return person.emailVerified || isTooSoon(expiresAt, person.verifyUntil, pauses.verification)
        ? []
        : [{ type: 'EmailVerificationRequested', data: { expiresAt } }]
    },

    VerifyEmail: ({ email }, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      // They go by another address since.
      if (person.email !== normalEmail(email)) return refuse('LinkExpired')
      return person.emailVerified ? [] : [{ type: 'EmailVerified', data: { email } }]
    },

    RequestEmailChange: (data, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      const email = normalEmail(data.email)
      if (email === person.email) return refuse('SameEmail')
      const before = person.emailChange
      if (before?.requestId === data.requestId) return []
      return [
        ...(before && before.email !== email ? [lapsed(before)] : []),
        { type: 'EmailChangeRequested', data: { ...data, email } },
      ]
    },

    ChangeEmail: ({ requestId }, state, { now }) => {
      const person = active(state)
      if (isRefusal(person)) return person
      const { emailChange, email: previous } = person
      if (!emailChange || !isOpen(emailChange, requestId, now)) return refuse('LinkExpired')
      const { email } = emailChange
      return [{ type: 'EmailChanged', data: { requestId, email, previous } }]
    },

    ExpireEmailChange: ({ requestId }, state) => {
      if (state.status === 'new') return refuse('NoSuchAccount')
      const { emailChange } = state
      return emailChange?.requestId === requestId ? [lapsed(emailChange)] : []
    },

    AddSignIn: ({ identityId, provider, asked }, state, { now }) => {
      const person = active(state)
      if (isRefusal(person)) return person
      const { signIns, unlinked } = person
      if (signIns.some((one) => one.identityId === identityId)) return []
      if (!asked && unlinked.includes(identityId)) return refuse('Unlinked')
      return signIns.length < mostSignIns
        ? [{ type: 'SignInAdded', data: { identityId, provider, addedAt: now } }]
        : refuse('TooManySignIns')
    },

    RemoveSignIn: ({ provider }, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      const { signIns, passwordHash } = person
      const gone = signIns.filter((one) => one.provider === provider)
      return gone.length > 0 && gone.length === signIns.length && passwordHash === ''
        ? refuse('LastSignIn')
        : gone.map(removed)
    },

    LoseSignIn: ({ identityId }, state) => {
      const person = there(state)
      if (isRefusal(person)) return person
      return person.signIns.filter((one) => one.identityId === identityId).map(removed)
    },

    GrantRole: ({ role }, state) => {
      const person = there(state)
      if (isRefusal(person)) return person
      return person.roles.includes(role) ? [] : [{ type: 'RoleGranted', data: { role } }]
    },

    RevokeRole: ({ role }, state) => {
      const person = there(state)
      if (isRefusal(person)) return person
      return person.roles.includes(role) ? [{ type: 'RoleRevoked', data: { role } }] : []
    },

    SuspendAccount: ({ reason }, state) => {
      const person = there(state)
      if (isRefusal(person)) return person
      return state.status === 'suspended'
        ? []
        : [{ type: 'AccountSuspended', data: { reason } }, sessionsEnded(person, 'suspended')]
    },

    ResumeAccount: (_, state) => {
      const person = there(state)
      if (isRefusal(person)) return person
      return state.status === 'suspended' ? [{ type: 'AccountResumed', data: {} }] : []
    },

    RecordFailedLogin: (data, state) => {
      const person = there(state)
      return isRefusal(person) ? person : [{ type: 'LoginFailed', data }]
    },

    CloseAccount: ({ reason }, state) => {
      if (state.status === 'new') return refuse('NoSuchAccount')
      if (state.status === 'closed') return []
      const { email, username, emailChange, signIns } = state
      return [
        ...signIns.map(removed),
        ...(emailChange ? [lapsed(emailChange)] : []),
        { type: 'AccountClosed', data: { reason, email, username } },
      ]
    },

    RecordGoodbye: (_, state) =>
      state.status === 'closed' && !state.told ? [{ type: 'GoodbyeSaid', data: {} }] : [],
  },

  evolve: {
    UserRegistered: (_, { email, username, name, roles, emailVerified = false }) => ({
      status: 'active',
      email: normalEmail(email),
      emailVerified,
      username,
      ...(name !== undefined && { name }),
      roles,
      passwordHash: '',
      signIns: [],
      unlinked: [],
      era: 0,
    }),
    PasswordSet: (state, { passwordHash }) => changed(state, () => ({ passwordHash })),
    PasswordResetRequested: (state, reset) => changed(state, () => ({ reset })),
    PasswordReset: (state) => changed(state, () => ({ reset: undefined })),
    SessionsEnded: (state, { era, keptSessionId }) =>
      changed(state, () => ({ era, keptSessionId })),
    EmailVerificationRequested: (state, { expiresAt }) =>
      changed(state, () => ({ verifyUntil: expiresAt })),
    EmailVerified: (state) => changed(state, () => ({ emailVerified: true })),
    EmailChangeRequested: (state, emailChange) => changed(state, () => ({ emailChange })),
    // A link that was sent to the address before must not open the account any more.
    EmailChanged: (state, { requestId, email, previous }) =>
      changed(state, () => ({
        email,
        previous: { requestId, email: previous },
        emailVerified: true,
        emailChange: undefined,
        reset: undefined,
      })),
    EmailChangeLapsed: (state) => changed(state, () => ({ emailChange: undefined })),
    SignInAdded: (state, added) =>
      changed(state, ({ signIns, unlinked }) => ({
        signIns: [...signIns, added],
        unlinked: unlinked.filter((id) => id !== added.identityId),
      })),
    SignInRemoved: (state, { identityId }) =>
      changed(state, ({ signIns, unlinked }) => ({
        signIns: signIns.filter((one) => one.identityId !== identityId),
        unlinked: [...unlinked, identityId].slice(-mostSignIns),
      })),
    RoleGranted: (state, { role }) => changed(state, ({ roles }) => ({ roles: [...roles, role] })),
    RoleRevoked: (state, { role }) =>
      changed(state, ({ roles }) => ({ roles: roles.filter((held) => held !== role) })),
    AccountSuspended: (state) =>
      state.status === 'new' ? state : { ...state, status: 'suspended' },
    AccountResumed: (state) => (state.status === 'new' ? state : { ...state, status: 'active' }),
    LoginFailed: (state) => state,
    AccountClosed: (state) => (state.status === 'new' ? state : { ...state, status: 'closed' }),
    GoodbyeSaid: (state) => (state.status === 'closed' ? { ...state, told: true } : state),
  },
})

/** The person, for what others do to their account. */
const there = (state: State): Person | Refusal<'NoSuchAccount' | 'Closed'> => {
  if (state.status === 'new') return refuse('NoSuchAccount')
  return state.status === 'closed' ? refuse('Closed') : state
}

/** The person, for what they do themselves. */
const active = (state: State): Person | Refusal<'NoSuchAccount' | 'Closed' | 'Suspended'> =>
  state.status === 'suspended' ? refuse('Suspended') : there(state)

const changed = (state: State, change: (person: Person) => Partial<Person>): State =>
  state.status === 'new' ? state : { ...state, ...change(state) }

const sessionsEnded = (
  { era }: Person,
  reason: 'password_changed' | 'password_reset' | 'suspended',
  keptSessionId?: SessionId,
) =>
  ({
    type: 'SessionsEnded',
    data: { era: era + 1, reason, ...(keptSessionId !== undefined && { keptSessionId }) },
  }) as const

const lapsed = ({ requestId, email }: Pending & { readonly email: string }) =>
  ({ type: 'EmailChangeLapsed', data: { requestId, email } }) as const

const removed = ({ identityId, provider }: SignIn) =>
  ({ type: 'SignInRemoved', data: { identityId, provider } }) as const

const isOpen = (pending: Pending | undefined, requestId: RequestId, now: string): boolean =>
  pending?.requestId === requestId && now < pending.expiresAt

/** Whether a link that is good until one moment is asked for too soon after one that is good until another. */
const isTooSoon = (until: string, before: string | undefined, pause: number): boolean =>
  before !== undefined && Date.parse(until) - Date.parse(before) < pause
