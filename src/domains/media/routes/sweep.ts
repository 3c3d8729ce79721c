import { Type } from 'typebox'
import { Fields } from '#kernel'
import { route } from '../../../serving/route.ts'
import { sweepBlobs } from '../services/sweep.ts'

/** Routes for operators. */
export const sweepRoutes = [
  route({
    method: 'POST',
    url: '/admin/media/sweep',
    access: 'admin',
    operationId: 'sweepMedia',
    summary: 'Remove bytes that no file has and that are older than a day',
    description: 'What a crash within an upload has left. Done once an hour anyway.',
    body: Fields({
      dryRun: Type.Optional(Type.Boolean({ description: 'Count only. Default: false' })),
    }),
    example: { dryRun: true },
    data: Type.Object({
      blobs: Type.Integer({ description: 'Number of removed blobs' }),
      bytes: Type.Integer(),
      dryRun: Type.Boolean(),
    }),
    handle: async ({ body: { dryRun = false }, origin }, ports) => ({
      data: { ...(await sweepBlobs(ports, { origin, isDryRun: dryRun })), dryRun },
    }),
  }),
]
