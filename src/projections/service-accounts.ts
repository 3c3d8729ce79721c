import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { serviceAccount, ServiceAccountId } from '../domains/identity/language.ts'
import { Role } from '../domains/shared/index.ts'

/** Status of a service account. */
export const ServiceAccountStatus = Type.Enum(['ACTIVE', 'REVOKED'])

/** Accounts of other systems, with their rights. */
export const serviceAccounts = projection({
  name: 'service_accounts',
  version: 1,
  store: 'postgres',
  within: 1_000,
  document: Fields({
    id: ServiceAccountId,
    name: Type.String(),
    roles: Type.Array(Role),
    operations: Type.Array(Type.String()),
    status: ServiceAccountStatus,
    /** Number of the present secret; the first is 1. */
    secretNumber: Type.Integer(),
    /** Until when the previous secret is valid as well. */
    previousSecretUntil: Type.Optional(Timestamp),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    revokedAt: Type.Optional(Timestamp),
  }),
  from: [serviceAccount],
  key: 'id',
  beginsWith: [serviceAccount],
  indexes: [['createdAt']],
}).rules({
  ServiceAccountCreated: (_, { id, at, data: { name, roles, operations } }) => ({
    id,
    name,
    roles,
    operations,
    status: 'ACTIVE',
    secretNumber: 1,
    createdAt: at,
    updatedAt: at,
  }),
  ServiceAccountChanged: (document, { at, data }) =>
    document && { ...document, ...data, updatedAt: at },
  ServiceSecretRotated: (document, { at, data: { number, previousUntil } }) =>
    document && {
      ...document,
      secretNumber: number,
      previousSecretUntil: previousUntil,
      updatedAt: at,
    },
  ServiceAccountRevoked: (document, { at }) =>
    document && { ...document, status: 'REVOKED', updatedAt: at, revokedAt: at },
})
