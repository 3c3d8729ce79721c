import jwt from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { Role } from '../domains/identity/index.ts'
import { SessionId, UserId } from '../domains/shared/index.ts'
import type { SigningKeys } from '../platform/keys/port.ts'
import type { HttpConfig } from './dependencies.ts'
import { Problem } from './problem.ts'

/** What an access token says of who carries it. */
const Claims = Type.Object({
  sub: UserId,
  roles: Type.Array(Role),
  sid: SessionId,
  era: Type.Optional(Type.Integer()),
  exp: Type.Number(),
})
const claims = Compile(Claims)

/** A signed-in user, as their token tells. */
export type Caller = {
  readonly id: UserId
  readonly roles: readonly Static<typeof Role>[]
  readonly sessionId: SessionId
  /** The account's era when the token was issued: how often all its sessions had ended at once. */
  readonly era: number
  /** Seconds since 1970. */
  readonly expiresAt: number
}

/** Issues and verifies access tokens: JSON Web Tokens (RFC 7519), signed by EdDSA (RFC 8037). */
export type AccessTokens = {
  readonly issue: (
    caller: Pick<Caller, 'id' | 'roles' | 'sessionId'> & { readonly era?: number },
    id: string,
  ) => string
  /** By what the token says; it may have been revoked since. @throws Problem 401 when it is expired, foreign, or not ours at all */
  readonly verify: (token: string) => Caller
}

/** So many verified tokens are remembered: a signature costs 100 µs to check, a look-up less than one. */
const remembered = 20_000

const refused = (error: unknown): Problem => {
  const expired = error instanceof Error && 'code' in error && error.code === 'FAST_JWT_EXPIRED'
  return expired
    ? new Problem(401, 'token_expired', 'The access token has expired; sign in again.')
    : new Problem(401, 'invalid_token', 'This is no access token of ours; sign in again.')
}

/** Sets up access tokens on a server. */
export const accessTokens = async (
  app: FastifyInstance,
  keys: SigningKeys,
  config: Pick<HttpConfig, 'issuer' | 'audience' | 'accessTokenTtl'>,
): Promise<AccessTokens> => {
  await app.register(jwt, {
    secret: { private: keys.privateKey, public: keys.publicKey },
    sign: {
      algorithm: 'EdDSA',
      kid: keys.kid,
      iss: config.issuer,
      aud: config.audience,
      expiresIn: config.accessTokenTtl,
    },
    // Only this algorithm, whatever a token says of itself (RFC 8725 §3.1).
    verify: {
      algorithms: ['EdDSA'],
      allowedIss: config.issuer,
      allowedAud: config.audience,
      requiredClaims: ['exp', 'sub', 'sid', 'jti'],
    },
  })
  const known = new LRUCache<string, Caller>({ max: remembered })

  return {
    issue: ({ id, roles, sessionId, era = 0 }, jti) =>
      app.jwt.sign({ sub: id, roles: [...roles], sid: sessionId, jti, ...(era > 0 && { era }) }),

    verify: (token) => {
      const before = known.get(token)
      if (before && before.expiresAt * 1_000 > Date.now()) return before
      try {
        const { sub, roles, sid, era = 0, exp } = claims.Parse(app.jwt.verify(token))
        const caller = { id: sub, roles, sessionId: sid, era, expiresAt: exp }
        known.set(token, caller)
        return caller
      } catch (error) {
        known.delete(token)
        throw refused(error)
      }
    },
  }
}
