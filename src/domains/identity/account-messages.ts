import { Type, type Static } from 'typebox'
import { Fields, Id, Nothing, personal, secret, Timestamp, saysNo } from '#kernel'
import {
  Code,
  Name,
  Reason,
  RecordedReason,
  Role,
  SessionId,
  Text,
  UserId,
} from '../shared/index.ts'
import { EmailAddress } from './email.ts'
import { ExternalIdentityId, ProviderName } from './external-identity.ts'
import { Username } from './username.ts'

/** Number of times that all sessions of an account ended at once: sessions of an earlier era are invalid. */
export const Era = Type.Integer({ minimum: 0 })

/** Number of changes of an account's credentials; requests from before the last one are invalid. */
export const CredentialsCount = Type.Integer({ minimum: 0 })

/** Reason why all sessions of an account ended, except the one that stays valid. */
const SessionsEndedReason = Type.Enum([
  'password_changed',
  'password_reset',
  'suspended',
  'email_changed',
  'sign_in_removed',
])
export type SessionsEndedReason = Static<typeof SessionsEndedReason>

/** Id of a request of a link by mail; the link is valid for this request only. */
export const RequestId = Id('RequestId')
export type RequestId = Static<typeof RequestId>

/** Hash of a password in the PHC string format. */
const PasswordHash = secret(Code(500))

const RecordedHash = secret(Type.String({ minLength: 1, maxLength: 500 }))

const person = {
  userId: UserId,
  email: personal(EmailAddress),
  username: personal(Username),
  name: Type.Optional(personal(Name(1, 255))),
  roles: Type.Array(Role, { uniqueItems: true, maxItems: 4 }),
  /** A trusted provider has verified the address. */
  emailVerified: Type.Optional(Type.Literal(true)),
}

const reset = { requestId: RequestId, expiresAt: Timestamp }
const emailChange = {
  ...reset,
  email: personal(EmailAddress),
  /** Session of the request; revoking it invalidates the request. */
  sessionId: Type.Optional(SessionId),
}
const signIn = { identityId: ExternalIdentityId, provider: ProviderName }
const failure = {
  failures: Type.Integer({ minimum: 1, description: 'Number of consecutive failures' }),
  ip: Type.Optional(personal(Code(64))),
}

/** Commands of an account. */
export const commands = {
  RegisterAccount: Fields(
    { ...person, passwordHash: Type.Optional(PasswordHash) },
    { description: 'Open an account. E-mail address and username must have been claimed.' },
  ),
  SetPassword: Fields(
    { passwordHash: PasswordHash, keptSessionId: Type.Optional(SessionId) },
    { description: 'Replace the password by a new one; ends all sessions but one.' },
  ),
  RequestPasswordReset: Fields(reset, {
    description: 'Request a mail with a link that sets a new password.',
  }),
  ResetPassword: Fields(
    { requestId: RequestId, passwordHash: PasswordHash },
    { description: 'Set a new password by such a link; ends all sessions.' },
  ),
  RequestEmailVerification: Fields(
    { expiresAt: Timestamp },
    { description: 'Request another mail that verifies the address.' },
  ),
  VerifyEmail: Fields(
    { email: personal(EmailAddress), credentials: Type.Optional(CredentialsCount) },
    { description: 'Record that the address is verified.' },
  ),
  RequestEmailChange: Fields(emailChange, {
    description: 'Request a change of the address, which a link in a mail to the new one confirms.',
  }),
  ChangeEmail: Fields(
    { requestId: RequestId },
    { description: 'Change the address. The new one must have been confirmed for the user.' },
  ),
  ExpireEmailChange: Fields(
    { requestId: RequestId },
    { description: 'Expire a change of the address that was not confirmed in time.' },
  ),
  AddSignIn: Fields(
    {
      ...signIn,
      asked: Type.Optional(Type.Literal(true, { description: 'Requested by the signed-in user' })),
      credentials: Type.Optional(CredentialsCount),
    },
    { description: 'Add an external identity, which must have been claimed.' },
  ),
  RemoveSignIn: Fields(
    { provider: ProviderName, keptSessionId: Type.Optional(SessionId) },
    {
      description: 'Remove an external identity; ends all sessions but one.',
    },
  ),
  LoseSignIn: Fields(
    { identityId: ExternalIdentityId },
    { description: 'Remove an identity that belongs to another account by now.' },
  ),
  GrantRole: Fields({ role: Role }, { description: 'Grant a role.' }),
  RevokeRole: Fields({ role: Role }, { description: 'Revoke a role.' }),
  SuspendAccount: Fields(
    { reason: personal(Reason) },
    { description: 'Suspend the account until further notice.' },
  ),
  ResumeAccount: Fields({}, { description: 'Resume a suspended account.' }),
  RecordFailedLogin: Fields(failure, {
    description: 'Record failed sign-ins, a part of them only.',
  }),
  CloseAccount: Fields({ reason: Reason }, { description: 'Close the account for good.' }),
  RecordGoodbye: Fields({}, { description: 'Record that the last mail was sent or given up.' }),
}

/** Events of an account. */
export const events = {
  UserRegistered: Fields({ ...person, name: Type.Optional(personal(Text(1, 255))) }),
  PasswordSet: Fields({ passwordHash: RecordedHash }),
  PasswordResetRequested: Fields(reset),
  PasswordReset: Fields({ requestId: RequestId }),
  /** Sessions of earlier eras are invalid, except `keptSessionId`. */
  SessionsEnded: Fields({
    era: Era,
    reason: SessionsEndedReason,
    keptSessionId: Type.Optional(SessionId),
  }),
  EmailVerificationRequested: Fields({ expiresAt: Timestamp }),
  EmailVerified: Fields({ email: personal(EmailAddress) }),
  EmailChangeRequested: Fields(emailChange),
  EmailChanged: Fields({
    requestId: RequestId,
    email: personal(EmailAddress),
    previous: personal(EmailAddress),
  }),
  EmailChangeLapsed: Fields({ requestId: RequestId, email: personal(EmailAddress) }),
  SignInAdded: Fields({ ...signIn, addedAt: Timestamp }),
  SignInRemoved: Fields(signIn),
  RoleGranted: Fields({ role: Role }),
  RoleRevoked: Fields({ role: Role }),
  /** The reason may be a person's own words. */
  AccountSuspended: Fields({ reason: personal(RecordedReason) }),
  AccountResumed: Nothing,
  /** `alarmedAt`: its time, if the owner gets a mail about it; at most once a day. */
  LoginFailed: Fields({
    ...failure,
    ip: Type.Optional(personal(Type.String({ maxLength: 64 }))),
    alarmedAt: Type.Optional(Timestamp),
  }),
  /** Holds the address and the username, which can be released now. */
  AccountClosed: Fields({
    reason: RecordedReason,
    email: Type.Optional(personal(EmailAddress)),
    username: Type.Optional(personal(Username)),
  }),
  /** The last mail was sent or given up: the address is needed no longer. */
  GoodbyeSaid: Nothing,
}

/** Refusals of an account. */
export const refusals = {
  NoSuchAccount: saysNo.notFound('There is no such account.'),
  AlreadyRegistered: 'This account was registered before, for another address or username.',
  Closed: 'This account was closed.',
  Suspended: 'This account is suspended; ask whoever runs this Agora.',
  LinkExpired:
    'This link is too old, was used before, or is from before your password, address or ways to sign in changed; ask for another one.',
  CredentialsChanged:
    'Your password, your address or your ways to sign in have changed since this was begun; begin again.',
  LastSignIn:
    'This is the only way into your account; set a password first, by a mail from /auth/password/forgot.',
  Unlinked:
    'You have removed this identity from your account; sign in another way, and link it there again.',
  TooManySignIns: 'This account has the greatest number of identities; remove one first.',
  SameEmail: 'This is your address already.',
}
