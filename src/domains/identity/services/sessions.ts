import { asId, derivedId, digest, isRefusal } from '#kernel'
import { account, session } from '../language.ts'
import { inOneLine, SessionId } from '../../shared/index.ts'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { signer } from '../../../platform/security/signed-text.ts'
import { personOf, step, type SignedIn } from './accounts.ts'
import { isOfThisEra } from './authenticator.ts'
import { Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { sessionEnded } from './revocations.ts'

type Ports = { readonly executor: Executor; readonly keys: Pick<SigningKeys, 'secretFor'> }

/** A session with its refresh token. */
export type Opened = {
  readonly sessionId: SessionId
  readonly refreshToken: string
  /** Time, ISO 8601. */
  readonly expiresAt: string
}

/**
 * Refresh tokens are derived from the session and the number of replacements, so that a retry gives the same one; only
 * their hashes are recorded.
 */
const refreshTokens = ({ secretFor }: Ports['keys']) => {
  const { sign, isSigned } = signer(secretFor('refresh-tokens'))
  const partsOf = (sessionId: string, rotation: number) =>
    rotation === 0 ? [sessionId] : [sessionId, String(rotation)]
  return {
    secretOf: (sessionId: SessionId, rotation: number) => sign(...partsOf(sessionId, rotation)),
    tokenOf: (sessionId: SessionId, rotation: number, secret: string) =>
      [...partsOf(sessionId, rotation), secret].join('.'),
    /** @returns undefined when it is not a token of this Agora */
    read: (token: string) => {
      const found = /^([0-9a-f-]{36})(?:\.([1-9]\d{0,8}))?\.([\w-]{43})$/.exec(token)
      const [, id = '', times = '0', secret = ''] = found ?? []
      const rotation = Number(times)
      if (!found || !isSigned(secret, ...partsOf(id, rotation))) return undefined
      return { sessionId: asId(SessionId, id), rotation, secret }
    },
  }
}

/**
 * Opens a session for an authenticated user.
 * @param who.era era of the account at the authentication; likewise `credentials`
 * @param ttl time in which the session may be refreshed, in ms
 */
export const openSession = async (
  { executor, keys, ttl, clock }: Ports & { readonly ttl: number; readonly clock: () => Date },
  { userId, era, credentials }: Pick<SignedIn, 'userId' | 'era' | 'credentials'>,
  from: {
    readonly ip: string
    readonly userAgent: string | undefined
    /** Whether the device has no cookie of an earlier sign-in to the account. */
    readonly newDevice: boolean
  },
  origin: Origin,
): Promise<Opened> => {
  const tokens = refreshTokens(keys)
  const sessionId = derivedId(SessionId, origin.commandId, 'session')
  const secret = tokens.secretOf(sessionId, 0)
  const userAgent = inOneLine(from.userAgent ?? '').slice(0, 1_000)
  const now = clock().getTime()
  const opened = await executor.execute(
    session,
    sessionId,
    {
      type: 'OpenSession',
      data: {
        userId,
        refreshHash: digest(secret),
        openedAt: new Date(now).toISOString(),
        expiresAt: new Date(now + ttl).toISOString(),
        ip: from.ip.slice(0, 64),
        ...(userAgent && { userAgent }),
        ...(from.newDevice && { newDevice: true }),
        ...(era > 0 && { era }),
        ...(credentials > 0 && { credentials }),
      },
    },
    { ...step(origin, 'session'), actorId: userId },
  )
  if (isRefusal(opened)) throw refusalProblem(session, opened)
  const { state } = opened
  if (state.status === 'new') throw new TypeError('A session that was opened is there')
  const refreshToken = tokens.tokenOf(sessionId, 0, secret)
  return { sessionId, refreshToken, expiresAt: state.expiresAt }
}

const notOurs = () =>
  new Problem(401, 'invalid_refresh_token', 'This is no refresh token of ours; sign in again.')

/**
 * Returns the session of a refresh token, used or not.
 * @throws Problem 401 when it is not a token of this Agora
 */
export const sessionOf = ({ keys }: Pick<Ports, 'keys'>, token: string): SessionId => {
  const read = refreshTokens(keys).read(token)
  if (!read) throw notOurs()
  return read.sessionId
}

/**
 * Replaces a refresh token by the next one. Reuse of a token that was replaced earlier revokes the session.
 * @returns the user of the session, and the new token
 * @throws Problem 401 when the token is not valid, was used before, or its session has ended
 */
export const refreshSession = async (
  { executor, keys }: Ports,
  token: string,
  origin: Origin,
): Promise<SignedIn & Opened> => {
  const tokens = refreshTokens(keys)
  const read = tokens.read(token)
  if (!read) throw notOurs()
  const { sessionId, rotation, secret } = read
  const { state: before } = await executor.stateOf(session, sessionId)
  if (before.status === 'new') throw notOurs()
  const { state: owner } = await executor.stateOf(account, before.userId)
  if (owner.status !== 'active' || !isOfThisEra(owner, { era: before.era, sessionId }))
    throw sessionEnded()
  const rotated = await executor.execute(
    session,
    sessionId,
    {
      type: 'RotateRefreshToken',
      data: {
        rotation,
        refreshHash: digest(secret),
        nextHash: digest(tokens.secretOf(sessionId, rotation + 1)),
      },
    },
    { ...origin, actorId: before.userId },
  )
  if (isRefusal(rotated)) throw rotated.refused === 'SessionEnded' ? sessionEnded() : notOurs()
  const { state, position } = rotated
  if (state.status !== 'open')
    throw new Problem(
      401,
      'refresh_token_reused',
      'This refresh token was used before, so somebody else may have it: the session was ended. Sign in again.',
    )
  const next = tokens.secretOf(sessionId, state.rotation)
  // The token was derived from another secret.
  if (digest(next) !== state.refreshHash) throw notOurs()
  const refreshToken = tokens.tokenOf(sessionId, state.rotation, next)
  const { expiresAt } = state
  return { ...personOf(before.userId, owner), position, sessionId, refreshToken, expiresAt }
}
