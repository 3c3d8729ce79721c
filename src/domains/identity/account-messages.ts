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

/** How often all sessions of an account have ended at once: sessions of an earlier era are over. */
export const Era = Type.Integer({ minimum: 0 })

/** How often the credentials of an account have changed; what was begun at an earlier count is over. */
export const CredentialsCount = Type.Integer({ minimum: 0 })

/** Why all sessions of an account ended, but the one that is kept. */
const SessionsEndedReason = Type.Enum([
  'password_changed',
  'password_reset',
  'suspended',
  'email_changed',
  'sign_in_removed',
])
export type SessionsEndedReason = Static<typeof SessionsEndedReason>

/** One wish for a link by mail; the link is good for this one only. */
export const RequestId = Id('RequestId')
export type RequestId = Static<typeof RequestId>

/** A password as it may be kept: its hash, in the PHC string format. */
const PasswordHash = secret(Code(500))

const RecordedHash = secret(Type.String({ minLength: 1, maxLength: 500 }))

const person = {
  userId: UserId,
  email: personal(EmailAddress),
  username: personal(Username),
  name: Type.Optional(personal(Name(1, 255))),
  roles: Type.Array(Role, { uniqueItems: true, maxItems: 4 }),
  /** Somebody we trust vouches for the address. */
  emailVerified: Type.Optional(Type.Literal(true)),
}

const reset = { requestId: RequestId, expiresAt: Timestamp }
const emailChange = {
  ...reset,
  email: personal(EmailAddress),
  /** The session that asks; what it began is over when it is ended from elsewhere. */
  sessionId: Type.Optional(SessionId),
}
const signIn = { identityId: ExternalIdentityId, provider: ProviderName }
const failure = {
  failures: Type.Integer({ minimum: 1, description: 'In a row' }),
  ip: Type.Optional(personal(Code(64))),
}

/** What may be asked of an account. */
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
    description: 'Ask for a link by mail that lets its reader set a new password.',
  }),
  ResetPassword: Fields(
    { requestId: RequestId, passwordHash: PasswordHash },
    { description: 'Set a new password by such a link; ends all sessions.' },
  ),
  RequestEmailVerification: Fields(
    { expiresAt: Timestamp },
    { description: 'Ask for another mail that shows whether the address is theirs.' },
  ),
  VerifyEmail: Fields(
    { email: personal(EmailAddress), credentials: Type.Optional(CredentialsCount) },
    { description: 'Record that mail to this address reaches the user.' },
  ),
  RequestEmailChange: Fields(emailChange, {
    description: 'Ask to go by another address, once mail to it has reached the user.',
  }),
  ChangeEmail: Fields(
    { requestId: RequestId },
    { description: 'Go by the other address. It must have been confirmed for the user.' },
  ),
  ExpireEmailChange: Fields(
    { requestId: RequestId },
    { description: 'Forget a change of address that did not come about in time.' },
  ),
  AddSignIn: Fields(
    {
      ...signIn,
      asked: Type.Optional(
        Type.Literal(true, { description: 'The user asks for it, who is signed in otherwise' }),
      ),
      credentials: Type.Optional(CredentialsCount),
    },
    { description: 'Let an external identity, which must have been claimed, sign in as well.' },
  ),
  RemoveSignIn: Fields(
    { provider: ProviderName, keptSessionId: Type.Optional(SessionId) },
    {
      description:
        'Let nobody sign in any more by a provider of identities; ends all sessions but one.',
    },
  ),
  LoseSignIn: Fields(
    { identityId: ExternalIdentityId },
    { description: 'Record that the identity belongs to another account by now.' },
  ),
  GrantRole: Fields({ role: Role }, { description: 'Allow the user what the role allows.' }),
  RevokeRole: Fields({ role: Role }, { description: 'Take a role away.' }),
  SuspendAccount: Fields(
    { reason: personal(Reason) },
    { description: 'Suspend the account until further notice.' },
  ),
  ResumeAccount: Fields({}, { description: 'Let its user use the account again.' }),
  RecordFailedLogin: Fields(failure, {
    description: 'Record attempts with wrong passwords; not each one.',
  }),
  CloseAccount: Fields({ reason: Reason }, { description: 'End the account for good.' }),
  RecordGoodbye: Fields(
    {},
    { description: 'Record that they were told of its end, as far as they could be.' },
  ),
}

/** What may happen to an account. */
export const events = {
  UserRegistered: Fields({ ...person, name: Type.Optional(personal(Text(1, 255))) }),
  PasswordSet: Fields({ passwordHash: RecordedHash }),
  PasswordResetRequested: Fields(reset),
  PasswordReset: Fields({ requestId: RequestId }),
  /** Sessions of earlier eras are over, except the one that is kept. */
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
  /** The reason may be in somebody's own words. */
  AccountSuspended: Fields({ reason: personal(RecordedReason) }),
  AccountResumed: Nothing,
  LoginFailed: Fields({ ...failure, ip: Type.Optional(personal(Type.String({ maxLength: 64 }))) }),
  /** With what is free again now. */
  AccountClosed: Fields({
    reason: RecordedReason,
    email: Type.Optional(personal(EmailAddress)),
    username: Type.Optional(personal(Username)),
  }),
  /** They were told that it is over, or could not be: nobody needs to know any more where they are. */
  GoodbyeSaid: Nothing,
}

/** Why an account says no. */
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
    'You have taken this way to sign in away; sign in another way, and link it there once more.',
  TooManySignIns: 'There are enough ways to sign in to this account; remove one first.',
  SameEmail: 'This is the address that you go by already.',
}
