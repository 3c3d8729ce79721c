import { Type } from 'typebox'
import { Fields, personal, publishing, Timestamp } from '#kernel'
import { Role, SessionId, UserId } from '../shared/index.ts'
import { account } from './account.ts'
import { session } from './session.ts'

const ofAccount = publishing(account)
const ofSession = publishing(session)

/** Events of this context for other systems. */
export const published = [
  ofAccount('UserRegistered', {
    names: ['USER_REGISTERED', 'user_registered'],
    data: Fields({
      userId: UserId,
      email: personal(Type.String()),
      username: personal(Type.String()),
      name: Type.Optional(personal(Type.String())),
      roles: Type.Array(Role),
    }),
    of: ({ userId, email, username, name, roles }) => ({
      userId,
      email,
      username,
      ...(name !== undefined && { name }),
      roles,
    }),
  }),
  ofAccount('PasswordReset', {
    names: ['PASSWORD_RESET'],
    data: Fields({ userId: UserId }),
    of: (_, userId) => ({ userId }),
  }),
  ofSession('UserLoggedIn', {
    names: ['USER_LOGGED_IN'],
    data: Fields({
      userId: UserId,
      sessionId: SessionId,
      expiresAt: Timestamp,
      userAgent: Type.Optional(personal(Type.String())),
      ip: Type.Optional(personal(Type.String())),
    }),
    of: ({ userId, expiresAt, userAgent, ip }, sessionId) => ({
      userId,
      sessionId,
      expiresAt,
      ...(userAgent !== undefined && { userAgent }),
      ...(ip !== undefined && { ip }),
    }),
  }),
]
