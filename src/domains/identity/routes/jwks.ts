import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { RouteContext } from '../../../http/routes/context.ts'

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
export const jwksRoute = (app: FastifyInstance, prefix: string, { keys }: RouteContext): void => {
  app.get(
    `${prefix}/auth/.well-known/jwks.json`,
    {
      config: { access: 'public', documented: { problems: [429, 500], success: Jwks } },
      schema: {
        operationId: 'jwks',
        summary: 'The keys that verify access tokens',
        tags: ['identity'],
        response: { 200: Jwks },
      },
    },
    // Shorter than the pause before a new key signs, so that nobody meets a key they have not seen.
    (_request, reply) => reply.header('cache-control', 'public, max-age=60').send(keys.jwks()),
  )
}
