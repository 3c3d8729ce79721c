import { Type } from 'typebox'
import { Fields, Timestamp } from '#kernel'
import { route } from '../../../serving/route.ts'

const Keys = Type.Object({
  keys: Type.Array(
    Type.Object({
      kid: Type.String(),
      createdAt: Timestamp,
      signsFrom: Timestamp,
      verifiesUntil: Type.Optional(Timestamp),
    }),
    { description: 'All verifying keys; the signing one comes first' },
  ),
})

const Rotation = Fields({
  revoke: Type.Optional(
    Type.Boolean({
      description:
        'For an emergency: all current access tokens become invalid at once; clients refresh them. Default: false',
    }),
  ),
})

const iso = (ms: number) => new Date(ms).toISOString()

/** Route of the signing keys of access tokens. */
export const keyRoutes = [
  route({
    method: 'POST',
    url: '/admin/keys/rotate',
    access: 'admin',
    operationId: 'rotateKeys',
    summary: 'Replace the key that access tokens are signed with',
    description:
      'The new key is published at once and signs two minutes later; the previous one verifies until its last token has expired. Keys are rotated automatically every 90 days.',
    body: Rotation,
    example: { revoke: false },
    data: Keys,
    handle: async ({ body: { revoke = false } }, { keys }) => {
      await keys.rotate({ revoke })
      return {
        data: {
          keys: keys.times().map(({ kid, createdAt, signsFrom, verifiesUntil }) => ({
            kid,
            createdAt: iso(createdAt),
            signsFrom: iso(signsFrom),
            ...(verifiesUntil !== undefined && { verifiesUntil: iso(verifiesUntil) }),
          })),
        },
      }
    },
  }),
]
