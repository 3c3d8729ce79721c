import { Type } from 'typebox'
import { Fields, personal, projection, secret, Timestamp } from '#kernel'
import { account, EmailAddress, Role, Username } from '../domains/identity/index.ts'
import { Text, UserId } from '../domains/shared/index.ts'

/** Every account, as its owner and an administrator see it. */
export const accounts = projection({
  name: 'accounts',
  store: 'postgres',
  document: Fields({
    id: UserId,
    email: personal(EmailAddress),
    username: personal(Username),
    name: Type.Optional(personal(Text(1, 255))),
    passwordHash: secret(Type.String()),
    roles: Type.Array(Role),
    status: Type.Enum(['ACTIVE', 'CLOSED']),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [account],
  key: ({ id }) => id,
  indexes: [['email'], ['username'], ['createdAt']],
}).rules({
  UserRegistered: (_, { id, at, data: { email, username, name, roles } }) => ({
    id,
    email,
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
  RoleGranted: (document, { at, data: { role } }) =>
    document && { ...document, roles: [...document.roles, role], updatedAt: at },
  RoleRevoked: (document, { at, data: { role } }) =>
    document && {
      ...document,
      roles: document.roles.filter((held) => held !== role),
      updatedAt: at,
    },
  AccountClosed: (document, { at }) => document && { ...document, status: 'CLOSED', updatedAt: at },
})
