import { Type } from 'typebox'
import { Fields, isRefusal, Timestamp } from '#kernel'
import { account, session } from '../language.ts'
import { Reason, SessionId, UserId, Role } from '../../shared/index.ts'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import { sessions as all } from '../../../projections/index.ts'
import { refreshSession, sessionOf } from '../services/sessions.ts'
import { step } from '../services/accounts.ts'
import { tokenCookieName } from '../../../platform/security/cookies.ts'
import { noTokenCookies, refreshCookieName } from '../../../serving/cookies.ts'
import { signingIn, User } from '../services/sign-in.ts'
import { mustOwn } from '../../../serving/caller.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { notFound, Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { Ports } from '../../../serving/ports.ts'
import { route } from '../../../serving/route.ts'

/** A session, as shown to its user and to admins. */
const OpenSession = Fields({
  id: SessionId,
  userAgent: Type.Optional(Type.String()),
  ip: Type.Optional(Type.String()),
  createdAt: Timestamp,
  refreshedAt: Timestamp,
  expiresAt: Timestamp,
  current: Type.Boolean({ description: 'Whether it is the session of this request' }),
})

const Ended = Type.Object({ id: SessionId, ended: Type.Literal(true) })

const TokenText = Type.String({ minLength: 1, maxLength: 4_096 })

/** Returns the session that a request ends; undefined when it names none, or a browser's token names none. */
const ending = (
  keys: SigningKeys,
  caller: Pick<Caller, 'sessionId'> | undefined,
  sent: string | undefined,
  carried: string | undefined,
): SessionId | undefined => {
  if (caller) return caller.sessionId
  if (sent !== undefined) return sessionOf({ keys }, sent)
  try {
    return carried === undefined ? undefined : sessionOf({ keys }, carried)
  } catch {
    return undefined
  }
}

/**
 * Lists the sessions of a user that are neither ended nor expired.
 * @param current the session of the request
 * @throws Problem 404 when there is no such account
 */
const openSessionsOf = async (
  ports: Pick<Ports, 'executor' | 'clock' | 'readModels' | 'cursors'>,
  userId: UserId,
  query: Parameters<typeof listed>[2],
  current: SessionId | undefined,
) => {
  const { state } = await ports.executor.stateOf(account, userId)
  if (state.status === 'new') throw notFound('account')
  const { era, keptSessionId } = state
  const now = { gt: ports.clock().toISOString() }
  const { documents, info, position } = await listed(
    ports,
    all,
    query,
    { userId, status: 'OPEN', expiresAt: now },
    { anyOf: [{ era }, ...(keptSessionId === undefined ? [] : [{ id: keptSessionId }])] },
  )
  const sessions = documents.map((document) => {
    const { userId: _, status: __, era: ___, endedAt: ____, ...one } = document
    return { ...one, current: one.id === current }
  })
  return { data: { sessions, ...info }, position }
}

/** Routes of sessions: refresh, logout, and the lists. */
export const sessionRoutes = [
  route({
    method: 'POST',
    url: '/auth/refresh',
    access: 'public',
    operationId: 'refresh',
    rpcs: [{ name: 'agora.auth.v1.AuthService/RefreshToken' }],
    summary: 'Get a new access token, and a new refresh token',
    description:
      'A refresh token is valid for one use. A reused one was stolen, or its answer was lost: within 10 s it gets its successor, later it ends the session. Browsers may omit the body; their cookie is used.',
    body: Fields({ refreshToken: Type.Optional(TokenText) }),
    example: {},
    data: User,
    tokens: true,
    problems: [401, 403],
    handle: async ({ body, cookie, mustBeOurs, origin }, ports) => {
      const carried = body.refreshToken ?? cookie(refreshCookieName)
      if (carried === undefined)
        throw new Problem(401, 'no_refresh_token', 'Send a refresh token, or sign in.')
      if (body.refreshToken === undefined) mustBeOurs()
      const refreshed = await refreshSession(ports, carried, origin)
      const { sessionId, refreshToken, expiresAt, ...person } = refreshed
      return signingIn(ports).withTokens(
        person,
        { sessionId, refreshToken, expiresAt },
        origin.commandId,
      )
    },
  }),

  route({
    method: 'POST',
    url: '/auth/logout',
    access: 'public',
    operationId: 'logout',
    rpcs: [{ name: 'agora.auth.v1.AuthService/Logout' }],
    summary: 'End this session',
    description:
      'By the access token, or by the refresh token when the access token has expired; browsers may omit both, their cookies are used and removed. Ending an ended session has no effect.',
    body: Fields({ refreshToken: Type.Optional(TokenText) }),
    example: {},
    data: Type.Object({ ended: Type.Literal(true), id: Type.Optional(SessionId) }),
    sealed: true,
    problems: [401, 403],
    handle: async (
      { body, caller, cookie, mustBeOurs, notSignedIn, origin },
      { executor, keys, config },
    ) => {
      const carried = cookie(refreshCookieName)
      const inBrowser = carried !== undefined || cookie(tokenCookieName) !== undefined
      if (inBrowser && !caller) mustBeOurs()
      const id = ending(keys, caller, body.refreshToken, carried)
      if (id === undefined && !inBrowser)
        throw (
          notSignedIn ??
          new Problem(401, 'no_refresh_token', 'Send an access token, or a refresh token.')
        )
      const cookies = noTokenCookies(config)
      if (id === undefined) return { data: { ended: true as const }, cookies }
      const { state } = await executor.stateOf(session, id)
      // The cookies may be from another log: they are removed all the same.
      if (state.status === 'new' && inBrowser) return { data: { ended: true as const }, cookies }
      const who = caller?.id ?? (state.status === 'new' ? origin.actorId : state.userId)
      const command = { type: 'LogOut' as const, data: {} }
      const answer = await executor.execute(session, id, command, { ...origin, actorId: who })
      if (isRefusal(answer)) throw refusalProblem(session, answer)
      return { data: { id, ended: true as const }, position: answer.position, cookies }
    },
  }),

  route({
    method: 'POST',
    url: '/auth/validate',
    access: 'public',
    operationId: 'validateToken',
    rpcs: [{ name: 'agora.auth.v1.AuthService/ValidateToken' }],
    summary: 'The user of an access token, if it is valid',
    description:
      'A service account has no roles here, as its rights are those of its operations only: other systems cannot derive any from its token.',
    body: Fields({ token: Type.Optional(TokenText) }),
    example: {},
    data: Type.Object({
      userId: UserId,
      roles: Type.Array(Role),
      exp: Type.Number({ description: 'Time of its expiry, in seconds since 1970' }),
    }),
    problems: [401, 403],
    handle: async ({ body: { token }, caller, notSignedIn }, { authenticate }) => {
      const carrier = token === undefined ? caller : await authenticate(token)
      if (!carrier && notSignedIn) throw notSignedIn
      if (!carrier) throw new Problem(401, 'invalid_token', 'This access token is not valid.')
      const { id: userId, roles, expiresAt: exp, service } = carrier
      return { data: { userId, roles: service ? [] : [...roles], exp } }
    },
  }),

  route({
    method: 'GET',
    url: '/auth/sessions',
    access: 'user',
    operationId: 'listSessions',
    summary: 'My sessions',
    query: ListQuery(['createdAt'], {}),
    data: ListOf('sessions', OpenSession),
    handle: async ({ query, caller: { id, sessionId } }, ports) =>
      openSessionsOf(ports, id, query, sessionId),
  }),

  route({
    method: 'GET',
    url: '/admin/users/:id/sessions',
    access: 'admin',
    operationId: 'listSessionsOfUser',
    summary: 'Open sessions of a user',
    description: 'DELETE /auth/sessions/{id} ends one.',
    params: Fields({ id: UserId }),
    query: ListQuery(['createdAt'], {}),
    data: ListOf('sessions', OpenSession),
    problems: [404],
    handle: async ({ params: { id }, query, caller: { sessionId } }, ports) =>
      openSessionsOf(ports, id, query, sessionId),
  }),

  route({
    method: 'DELETE',
    url: '/auth/sessions/:id',
    access: 'user',
    operationId: 'revokeSession',
    summary: 'Revoke a session',
    params: Fields({ id: SessionId }),
    query: Fields({ reason: Type.Optional(Reason) }),
    data: Ended,
    problems: [404],
    handle: async (
      { params: { id }, query: { reason = 'revoked' }, caller, origin },
      { executor },
    ) => {
      const { state } = await executor.stateOf(session, id)
      if (state.status === 'new') throw notFound('session')
      mustOwn(caller, state.userId)
      const command = { type: 'RevokeSession' as const, data: { reason } }
      const answer = await executor.execute(session, id, command, step(origin, 'revoke'))
      if (isRefusal(answer)) throw refusalProblem(session, answer)
      return { data: { id, ended: true as const }, position: answer.position }
    },
  }),
]
