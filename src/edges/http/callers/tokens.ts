import { firstUse } from '#kernel'
import jwt from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import { boundedCache } from '../../../platform/bounded-cache.ts'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { SessionId, UserId, Role } from '../../../domains/shared/index.ts'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import type { HttpConfig } from '../dependencies.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { AccessTokens } from '../../../serving/ports.ts'
import { Problem } from '../../../serving/problem.ts'

/** Claims of an access token. */
const Claims = Type.Object({
  sub: UserId,
  roles: Type.Array(Role),
  sid: SessionId,
  era: Type.Optional(Type.Integer()),
  /** Number of the secret of a service account; users have none. */
  svc: Type.Optional(Type.Integer({ minimum: 1 })),
  exp: Type.Number(),
})
const claims = firstUse(() => Compile(Claims))

/** Number of cached verified tokens: checking a signature takes 100 µs, a lookup less than 1 µs. */
const cacheSize = 20_000

const refused = (error: unknown): Problem => {
  const expired = error instanceof Error && 'code' in error && error.code === 'FAST_JWT_EXPIRED'
  return expired
    ? new Problem(401, 'token_expired', 'The access token has expired; sign in again.')
    : new Problem(401, 'invalid_token', 'The access token is not valid; sign in again.')
}

const Header = firstUse(() => Compile(Type.Object({ kid: Type.String() })))

/**
 * Returns the key id in a token's header. Only the ids of Agora's keys are accepted; keys inside a token, or referenced
 * by it (`jwk`, `jku`, `x5u`), are ignored (RFC 8725 §3.10).
 */
const keyNameOf = (token: string): string => {
  const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()
  return Header().Parse(JSON.parse(header)).kid
}

/**
 * Sets up access tokens on a server.
 * @param keys the current signing key, and the earlier ones that still verify
 * @param clock the same in all processes, so that a token expires in all at once
 */
export const accessTokens = async (
  app: FastifyInstance,
  keys: Pick<SigningKeys, 'signing' | 'verifying'>,
  config: Pick<HttpConfig, 'issuer' | 'audience' | 'accessTokenTtl'>,
  clock: () => Date,
): Promise<AccessTokens> => {
  const { privateKey, publicKey } = keys.signing()
  await app.register(jwt, {
    // Required by the plugin; each token is signed and verified with the key given in the call.
    secret: { private: privateKey, public: publicKey },
    sign: {
      algorithm: 'EdDSA',
      iss: config.issuer,
      aud: config.audience,
      expiresIn: config.accessTokenTtl,
    },
    // Only this algorithm, whatever the token's header says (RFC 8725 §3.1).
    verify: {
      algorithms: ['EdDSA'],
      allowedIss: config.issuer,
      allowedAud: config.audience,
      requiredClaims: ['exp', 'sub', 'sid', 'jti'],
    },
  })
  const verifiedTokens = boundedCache<string, { readonly caller: Caller; readonly kid: string }>(
    cacheSize,
  )

  return {
    issue: ({ id, roles, sessionId, era = 0, secretNumber }, jti) => {
      const { kid, privateKey: key } = keys.signing()
      const tokenClaims = {
        sub: id,
        roles: [...roles],
        sid: sessionId,
        jti,
        ...(era > 0 && { era }),
        ...(secretNumber !== undefined && { svc: secretNumber }),
      }
      const iat = Math.floor(clock().getTime() / 1_000)
      return app.jwt.sign({ ...tokenClaims, iat }, { kid, key })
    },

    verify: (token) => {
      const cached = verifiedTokens.get(token)
      if (
        cached &&
        cached.caller.expiresAt * 1_000 > clock().getTime() &&
        keys.verifying(cached.kid)
      )
        return cached.caller
      try {
        const kid = keyNameOf(token)
        const key = keys.verifying(kid)
        if (!key) throw new Error('Unknown signing key')
        const verified = app.jwt.verify(token, {
          key: key.publicKey,
          clockTimestamp: clock().getTime(),
        })
        const { sub, roles, sid, era = 0, svc, exp } = claims().Parse(verified)
        const caller: Caller = {
          id: sub,
          roles,
          sessionId: sid,
          era,
          expiresAt: exp,
          // Its rights are those of the account at each request, not those of the token.
          ...(svc !== undefined && { service: { secretNumber: svc, operations: [] } }),
        }
        verifiedTokens.set(token, { caller, kid })
        return caller
      } catch (error) {
        verifiedTokens.delete(token)
        throw refused(error)
      }
    },
  }
}
