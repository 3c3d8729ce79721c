import { Type } from 'typebox'
import { route } from '../../serving/route.ts'

/** Route of the digest of the log. */
export const logDigestRoutes = [
  route({
    method: 'GET',
    url: '/observability/log-digests',
    access: 'analyst',
    operationId: 'lastLogDigest',
    summary: 'The signed digest of the log, to be stored elsewhere',
    description:
      'A digest depends on every event of the log up to its position. Whoever stores it outside of Agora can later prove that no event was changed: `npx agora verify-log --expect <position>:<digest>`. New events follow within `LOG_DIGEST_EVERY`.',
    data: Type.Object({
      latest: Type.Optional(
        Type.Object(
          {
            log: Type.Enum(['postgres', 'eventstoredb'], { description: 'Engine of the log' }),
            position: Type.String({ description: 'Position of the last event' }),
            events: Type.String({ description: 'Number of events up to there' }),
            digest: Type.String({ description: 'SHA-256, 64 hexadecimal digits' }),
            signature: Type.String({
              description: 'The other fields, signed: a JWS (RFC 7515) by Ed25519',
            }),
          },
          { description: 'Absent until the first events are in the chain' },
        ),
      ),
      key: Type.Object(
        {
          kty: Type.String(),
          crv: Type.String(),
          x: Type.String(),
          kid: Type.String(),
        },
        { description: 'Public key of the signatures, a JSON Web Key (RFC 8037)' },
      ),
    }),
    handle: async (_, { logDigests: { log, last, jwk } }) => {
      const latest = await last()
      return {
        data: {
          ...(latest && {
            latest: {
              log,
              position: String(latest.position),
              events: String(latest.events),
              digest: latest.digest,
              signature: latest.signature,
            },
          }),
          key: { ...jwk },
        },
      }
    },
  }),
]
