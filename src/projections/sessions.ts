import { Type } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { session } from '../domains/identity/language.ts'
import { SessionId, Text, UserId } from '../domains/shared/index.ts'

/**
 * Sessions of all users that have not expired. When all sessions of an account end at once, the event is the account's:
 * an open session of an era before the account's is invalid as well.
 */
export const sessions = projection({
  name: 'sessions',
  version: 2,
  store: 'postgres',
  within: 1_000,
  document: Fields({
    /** Also the id of the family of its refresh tokens. */
    id: SessionId,
    userId: UserId,
    userAgent: Type.Optional(personal(Text(0, 1_000))),
    ip: Type.Optional(personal(Type.String())),
    status: Type.Enum(['OPEN', 'LOGGED_OUT', 'REVOKED']),
    era: Type.Integer(),
    createdAt: Timestamp,
    refreshedAt: Timestamp,
    expiresAt: Timestamp,
    endedAt: Type.Optional(Timestamp),
  }),
  from: [session],
  key: 'id',
  beginsWith: [session],
  indexes: [['userId', 'createdAt'], ['expiresAt']],
}).rules({
  UserLoggedIn: (_, { id, at, data: { userId, userAgent, ip, era = 0, expiresAt } }) => ({
    id,
    userId,
    ...(userAgent !== undefined && { userAgent }),
    ...(ip !== undefined && { ip }),
    status: 'OPEN',
    era,
    createdAt: at,
    refreshedAt: at,
    expiresAt,
  }),
  RefreshTokenRotated: (document, { at }) => document && { ...document, refreshedAt: at },
  UserLoggedOut: (document, { at }) =>
    document && { ...document, status: 'LOGGED_OUT', endedAt: at },
  SessionRevoked: (document, { at }) => document && { ...document, status: 'REVOKED', endedAt: at },
  SessionExpired: () => undefined,
  SessionForgotten: () => undefined,
})
