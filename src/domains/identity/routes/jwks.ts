import { Type } from 'typebox'
import { route } from '../../../serving/route.ts'

const Jwks = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.String(),
      crv: Type.String(),
      x: Type.String(),
      kid: Type.String(),
      use: Type.String(),
      alg: Type.String(),
    }),
  ),
})

/** The keys that verify access tokens, as every JWT library expects them (RFC 7517): without an envelope. */
export const jwksRoutes = [
  route({
    method: 'GET',
    url: '/auth/.well-known/jwks.json',
    access: 'public',
    operationId: 'jwks',
    summary: 'The keys that verify access tokens',
    data: Jwks,
    bare: true,
    handle: async (_asked, { keys }) => ({
      data: { keys: [...keys.jwks().keys] },
      // Shorter than the pause before a new key signs, so that no client meets a key it has not seen.
      cacheControl: 'public, max-age=60',
    }),
  }),
]
