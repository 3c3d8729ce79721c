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

/** Route of the keys that verify access tokens, in the form of RFC 7517, without an envelope. */
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
      // Shorter than the delay before a new key signs, so that clients have every key in time.
      cacheControl: 'public, max-age=60',
    }),
  }),
]
