import { firstUse } from '#kernel'
import jwt from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { SessionId, UserId, Role } from '../../../domains/shared/index.ts'
import type { SigningKeys } from '../../../platform/security/keys/port.ts'
import type { HttpConfig } from '../dependencies.ts'
import type { Caller } from '../../../serving/caller.ts'
import type { AccessTokens } from '../../../serving/ports.ts'
import { Problem } from '../../../serving/problem.ts'

/** What an access token says of who carries it. */
const Claims = Type.Object({
  sub: UserId,
  roles: Type.Array(Role),
  sid: SessionId,
  era: Type.Optional(Type.Integer()),
  exp: Type.Number(),
})
const claims = firstUse(() => Compile(Claims))

/** So many verified tokens are remembered: a signature costs 100 µs to check, a look-up less than one. */
const remembered = 20_000

const refused = (error: unknown): Problem => {
  const expired = error instanceof Error && 'code' in error && error.code === 'FAST_JWT_EXPIRED'
  return expired
    ? new Problem(401, 'token_expired', 'The access token has expired; sign in again.')
    : new Problem(401, 'invalid_token', 'This is no access token of ours; sign in again.')
}

const Header = firstUse(() => Compile(Type.Object({ kid: Type.String() })))

/**
 * The name of the key that a token says it was signed with. Only keys of ours have names that count; a key that comes
 * along in a token, or is said to be found somewhere (`jwk`, `jku`, `x5u`), is never looked at (RFC 8725 §3.10).
 */
const keyNameOf = (token: string): string => {
  const header = Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString()
  return Header().Parse(JSON.parse(header)).kid
}

/**
 * Sets up access tokens on a server.
 * @param keys the one that signs now, and those that have signed before
 * @param clock the same one in all processes, so that a token is as good in one as in another
 */
export const accessTokens = async (
  app: FastifyInstance,
  keys: Pick<SigningKeys, 'signing' | 'verifying'>,
  config: Pick<HttpConfig, 'issuer' | 'audience' | 'accessTokenTtl'>,
  clock: () => Date,
): Promise<AccessTokens> => {
  const { privateKey, publicKey } = keys.signing()
  await app.register(jwt, {
    // Only for a start: each token is signed and verified with a key of its own time.
    secret: { private: privateKey, public: publicKey },
    sign: {
      algorithm: 'EdDSA',
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
  const known = new LRUCache<string, { readonly caller: Caller; readonly kid: string }>({
    max: remembered,
  })

  return {
    issue: ({ id, roles, sessionId, era = 0 }, jti) => {
      const { kid, privateKey: key } = keys.signing()
      const said = { sub: id, roles: [...roles], sid: sessionId, jti, ...(era > 0 && { era }) }
      const iat = Math.floor(clock().getTime() / 1_000)
      return app.jwt.sign({ ...said, iat }, { kid, key })
    },

    verify: (token) => {
      const before = known.get(token)
      if (
        before &&
        before.caller.expiresAt * 1_000 > clock().getTime() &&
        keys.verifying(before.kid)
      )
        return before.caller
      try {
        const kid = keyNameOf(token)
        const key = keys.verifying(kid)
        if (!key) throw new Error('No key of ours has this name')
        const verified = app.jwt.verify(token, {
          key: key.publicKey,
          clockTimestamp: clock().getTime(),
        })
        const { sub, roles, sid, era = 0, exp } = claims().Parse(verified)
        const caller = { id: sub, roles, sessionId: sid, era, expiresAt: exp }
        known.set(token, { caller, kid })
        return caller
      } catch (error) {
        known.delete(token)
        throw refused(error)
      }
    },
  }
}
