import { decider, isRefusal, refuse } from '#kernel'
import { UserId, type SessionId } from '../shared/index.ts'
import {
  commands,
  events,
  refusals,
  type RequestId,
  type SessionsEndedReason,
} from './account-messages.ts'
import {
  active,
  changed,
  isOfTheseCredentials,
  there,
  type Pending,
  type Person,
  type SignIn,
  type State,
} from './account-state.ts'
import { normalEmail } from './email.ts'

/** Validity of the link that sets a new password, in ms. */
export const resetHolds = 60 * 60_000

/** Validity of the link that verifies an address, in ms. */
export const verificationHolds = 7 * 24 * 60 * 60_000

/** Validity of the link that changes an address, in ms. */
export const emailChangeHolds = 60 * 60_000

/** Number of failed sign-ins in a row that the owner is informed of. */
const alarmingFailures = 16

/** Time after which the owner is informed of failed sign-ins again, in ms. */
const alarmRests = 24 * 60 * 60_000

/** Greatest number of external identities of one account. */
const mostSignIns = 20

/** Least interval between two mails of one kind, in ms. */
const pauses = { reset: 5 * 60_000, verification: 60_000 }

/** A user's account: address and username, credentials, and roles. */
export const account = decider({
  name: 'account',
  id: UserId,
  commands,
  events,
  refusals,
}).rules<State>({
  initialState: { status: 'new' },
  stateVersion: 4,

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
      return isTooSoon(data.expiresAt, person, person.reset, pauses.reset)
        ? []
        : [{ type: 'PasswordResetRequested', data }]
    },

    ResetPassword: ({ requestId, passwordHash }, state, { now }) => {
      const person = active(state)
      if (isRefusal(person)) return person
      if (!isOpen(person, person.reset, requestId, now)) return refuse('LinkExpired')
      return [
        { type: 'PasswordReset', data: { requestId } },
        { type: 'PasswordSet', data: { passwordHash } },
        sessionsEnded(person, 'password_reset'),
        // The link proves that mail reaches the address.
        ...(person.emailVerified
          ? []
          : [{ type: 'EmailVerified', data: { email: person.email } } as const]),
      ]
    },

    RequestEmailVerification: ({ expiresAt }, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      return person.emailVerified ||
        isTooSoon(expiresAt, person, person.verification, pauses.verification)
        ? []
        : [{ type: 'EmailVerificationRequested', data: { expiresAt } }]
    },

    VerifyEmail: ({ email, credentials }, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      // The address has changed since, or the link was replaced.
      if (person.email !== normalEmail(email)) return refuse('LinkExpired')
      if (credentials !== undefined && credentials !== person.credentials)
        return refuse('LinkExpired')
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
      if (!emailChange || !isOpen(person, emailChange, requestId, now)) return refuse('LinkExpired')
      const { email, sessionId } = emailChange
      return [
        { type: 'EmailChanged', data: { requestId, email, previous } },
        sessionsEnded(person, 'email_changed', sessionId),
      ]
    },

    ExpireEmailChange: ({ requestId }, state) => {
      if (state.status === 'new') return refuse('NoSuchAccount')
      const { emailChange } = state
      return emailChange?.requestId === requestId ? [lapsed(emailChange)] : []
    },

    AddSignIn: ({ identityId, provider, asked, credentials }, state, { now }) => {
      const person = active(state)
      if (isRefusal(person)) return person
      const { signIns, unlinked } = person
      if (signIns.some((one) => one.identityId === identityId)) return []
      if (credentials !== undefined && credentials !== person.credentials)
        return refuse('CredentialsChanged')
      if (!asked && unlinked.includes(identityId)) return refuse('Unlinked')
      return signIns.length < mostSignIns
        ? [{ type: 'SignInAdded', data: { identityId, provider, addedAt: now } }]
        : refuse('TooManySignIns')
    },

    RemoveSignIn: ({ provider, keptSessionId }, state) => {
      const person = active(state)
      if (isRefusal(person)) return person
      const { signIns, passwordHash } = person
      const gone = signIns.filter((one) => one.provider === provider)
      if (gone.length === 0) return []
      return gone.length === signIns.length && passwordHash === ''
        ? refuse('LastSignIn')
        : [...gone.map(removed), sessionsEnded(person, 'sign_in_removed', keptSessionId)]
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

    RecordFailedLogin: (data, state, { now }) => {
      const person = there(state)
      if (isRefusal(person)) return person
      const { alarmedAt } = person
      const isQuiet =
        alarmedAt !== undefined && Date.parse(now) < Date.parse(alarmedAt) + alarmRests
      const alarm = data.failures >= alarmingFailures && !isQuiet ? { alarmedAt: now } : {}
      return [{ type: 'LoginFailed', data: { ...data, ...alarm } }]
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
      credentials: 0,
    }),
    // The first password comes with the account and ends no sessions.
    PasswordSet: (state, { passwordHash }) =>
      changed(state, (person) => ({
        ...(person.passwordHash !== '' && renewed(person)),
        passwordHash,
      })),
    PasswordResetRequested: (state, reset) =>
      changed(state, ({ credentials }) => ({ reset: { ...reset, credentials } })),
    PasswordReset: (state) => changed(state, () => ({ reset: undefined })),
    SessionsEnded: (state, { era, keptSessionId }) =>
      changed(state, (person) => ({ ...renewed(person), era, keptSessionId })),
    EmailVerificationRequested: (state, { expiresAt }) =>
      changed(state, ({ credentials }) => ({ verification: { expiresAt, credentials } })),
    EmailVerified: (state) => changed(state, () => ({ emailVerified: true })),
    EmailChangeRequested: (state, emailChange) =>
      changed(state, ({ credentials }) => ({ emailChange: { ...emailChange, credentials } })),
    EmailChanged: (state, { requestId, email, previous }) =>
      changed(state, (person) => ({
        ...renewed(person),
        email,
        previous: { requestId, email: previous },
        emailVerified: true,
        emailChange: undefined,
      })),
    EmailChangeLapsed: (state) => changed(state, () => ({ emailChange: undefined })),
    SignInAdded: (state, added) =>
      changed(state, (person) => ({
        ...renewed(person),
        signIns: [...person.signIns, added],
        unlinked: person.unlinked.filter((id) => id !== added.identityId),
      })),
    SignInRemoved: (state, { identityId }) =>
      changed(state, (person) => ({
        ...renewed(person),
        signIns: person.signIns.filter((one) => one.identityId !== identityId),
        unlinked: [...person.unlinked, identityId].slice(-mostSignIns),
      })),
    RoleGranted: (state, { role }) => changed(state, ({ roles }) => ({ roles: [...roles, role] })),
    RoleRevoked: (state, { role }) =>
      changed(state, ({ roles }) => ({ roles: roles.filter((held) => held !== role) })),
    AccountSuspended: (state) =>
      state.status === 'new' ? state : { ...state, status: 'suspended' },
    AccountResumed: (state) => (state.status === 'new' ? state : { ...state, status: 'active' }),
    LoginFailed: (state, { alarmedAt }) =>
      alarmedAt === undefined ? state : changed(state, () => ({ alarmedAt })),
    AccountClosed: (state) => (state.status === 'new' ? state : { ...state, status: 'closed' }),
    GoodbyeSaid: (state) => (state.status === 'closed' ? { ...state, told: true } : state),
  },
})

const renewed = ({ credentials }: Person) => ({ credentials: credentials + 1 })

const sessionsEnded = ({ era }: Person, reason: SessionsEndedReason, keptSessionId?: SessionId) =>
  ({
    type: 'SessionsEnded',
    data: { era: era + 1, reason, ...(keptSessionId !== undefined && { keptSessionId }) },
  }) as const

const lapsed = ({ requestId, email }: Pick<Pending, 'requestId'> & { readonly email: string }) =>
  ({ type: 'EmailChangeLapsed', data: { requestId, email } }) as const

const removed = ({ identityId, provider }: SignIn) =>
  ({ type: 'SignInRemoved', data: { identityId, provider } }) as const

export const isOpen = (
  person: Person,
  pending: Pending | undefined,
  requestId: RequestId,
  now: string,
): boolean =>
  pending?.requestId === requestId &&
  isOfTheseCredentials(person, pending) &&
  now < pending.expiresAt

/**
 * Returns whether a link is requested too soon after another one, by their expiry times. A previous one that a fast clock
 * dated in the future does not count.
 */
const isTooSoon = (
  until: string,
  person: Person,
  before: Omit<Pending, 'requestId'> | undefined,
  pause: number,
): boolean =>
  before !== undefined &&
  isOfTheseCredentials(person, before) &&
  Math.abs(Date.parse(until) - Date.parse(before.expiresAt)) < pause
