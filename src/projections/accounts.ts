import { Type } from 'typebox'
import { Fields, personal, projection, secret, Timestamp } from '#kernel'
import { account, EmailAddress } from '../domains/identity/language.ts'
import { afterChange, profile } from '../domains/profiles/language.ts'
import { Text, UserId, Username, Role } from '../domains/shared/index.ts'

/** Status of an account. */
export const AccountStatus = Type.Enum(['ACTIVE', 'SUSPENDED', 'CLOSED'])

/** All accounts, for their owners and administrators. A closed account has no personal fields. */
export const accounts = projection({
  name: 'accounts',
  version: 4,
  store: 'postgres',
  within: 1_000,
  document: Fields({
    id: UserId,
    /** Removed when the account is closed, as is the username. */
    email: Type.Optional(personal(EmailAddress)),
    emailVerified: Type.Boolean(),
    username: Type.Optional(personal(Username)),
    name: Type.Optional(personal(Text(1, 255))),
    passwordHash: secret(Type.String()),
    roles: Type.Array(Role),
    /** The roles in one text, for filters by `contains`. */
    roleNames: Type.String(),
    status: AccountStatus,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [account, profile],
  key: 'id',
  indexes: [['email'], ['username'], ['createdAt'], ['status', 'createdAt']],
  containing: ['email', 'username', 'name', 'roleNames'],
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
    roleNames: roles.join(' '),
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
    document && withRoles(document, [...document.roles, role], at),
  RoleRevoked: (document, { at, data: { role } }) =>
    document &&
    withRoles(
      document,
      document.roles.filter((held) => held !== role),
      at,
    ),
  AccountSuspended: (document, { at }) =>
    document && { ...document, status: 'SUSPENDED', updatedAt: at },
  AccountResumed: (document, { at }) =>
    document && { ...document, status: 'ACTIVE', updatedAt: at },
  AccountClosed: (document, { at }) => {
    if (!document) return undefined
    const { email: _, username: __, name: ___, ...rest } = document
    return { ...rest, passwordHash: '', status: 'CLOSED', updatedAt: at }
  },

  UserUpdated: (document, { at, data }) => {
    if (!document || document.status === 'CLOSED') return document
    const { name: before, ...rest } = document
    const name = afterChange(data.name, before)
    return {
      ...rest,
      ...(data.username !== undefined && { username: data.username }),
      ...(name !== undefined && { name }),
      updatedAt: at,
    }
  },
})

const withRoles = <D extends object>(document: D, roles: Role[], at: string) => ({
  ...document,
  roles,
  roleNames: roles.join(' '),
  updatedAt: at,
})
