import { Type } from 'typebox'
import { Fields, personal, projection, secret, Timestamp } from '#kernel'
import { account, EmailAddress, Role, Username } from '../domains/identity/index.ts'
import { Text, UserId } from '../domains/shared/index.ts'

/** Whether an account may be used. */
export const AccountStatus = Type.Enum(['ACTIVE', 'SUSPENDED', 'CLOSED'])

/** Every account, as its owner and an administrator see it. */
export const accounts = projection({
  name: 'accounts',
  version: 2,
  store: 'postgres',
  document: Fields({
    id: UserId,
    email: personal(EmailAddress),
    emailVerified: Type.Boolean(),
    username: personal(Username),
    name: Type.Optional(personal(Text(1, 255))),
    passwordHash: secret(Type.String()),
    roles: Type.Array(Role),
    status: AccountStatus,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [account],
  key: ({ id }) => id,
  indexes: [['email'], ['username'], ['createdAt'], ['status', 'createdAt']],
}).rules({
  UserRegistered: (
    _,
    { id, at, data: { email, username, name, roles, emailVerified = false } },
  ) => ({
    id,
    email,
    emailVerified,
    username,
    ...(name !== undefined && { name }),
    passwordHash: '',
    roles,
    status: 'ACTIVE',
    createdAt: at,
    updatedAt: at,
  }),
  PasswordSet: (document, { at, data: { passwordHash } }) =>
    document && { ...document, passwordHash, updatedAt: at },
  EmailVerified: (document, { at }) =>
    document && { ...document, emailVerified: true, updatedAt: at },
  EmailChanged: (document, { at, data: { email } }) =>
    document && { ...document, email, emailVerified: true, updatedAt: at },
  RoleGranted: (document, { at, data: { role } }) =>
    document && { ...document, roles: [...document.roles, role], updatedAt: at },
  RoleRevoked: (document, { at, data: { role } }) =>
    document && {
      ...document,
      roles: document.roles.filter((held) => held !== role),
      updatedAt: at,
    },
  AccountSuspended: (document, { at }) =>
    document && { ...document, status: 'SUSPENDED', updatedAt: at },
  AccountResumed: (document, { at }) =>
    document && { ...document, status: 'ACTIVE', updatedAt: at },
  AccountClosed: (document, { at }) => document && { ...document, status: 'CLOSED', updatedAt: at },
})
