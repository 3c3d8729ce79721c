import { Type } from 'typebox'
import { Fields } from '#kernel'
import { route } from '../../../serving/route.ts'
import { sweepBlobs } from '../services/sweep.ts'
import { sweepDirectUploads } from '../services/sweep-direct-uploads.ts'
import { deleteUnused } from '../services/unused.ts'

/** Routes for operators. */
export const sweepRoutes = [
  route({
    method: 'POST',
    url: '/admin/media/sweep',
    access: 'admin',
    operationId: 'sweepMedia',
    summary:
      'Delete files that nothing refers to, and remove bytes that no file has and that are older than a day',
    description:
      'Files that no post, message, gig, order or profile has referred to for a while (`MEDIA_UNUSED_TTL`), and bytes that a crash within an upload has left. Uploads to the store itself that were never completed are given up, too. Done once an hour anyway.',
    body: Fields({
      dryRun: Type.Optional(Type.Boolean({ description: 'Count only. Default: false' })),
    }),
    example: { dryRun: true },
    data: Type.Object({
      files: Type.Integer({ description: 'Number of deleted files; their bytes follow' }),
      blobs: Type.Integer({ description: 'Number of removed blobs' }),
      bytes: Type.Integer(),
      dryRun: Type.Boolean(),
    }),
    handle: async ({ body: { dryRun = false }, origin }, ports) => {
      if (!dryRun) await sweepDirectUploads(ports, origin)
      const unusedFor = ports.config.media.unusedTtl
      const files = await deleteUnused(ports, { unusedFor, origin, isDryRun: dryRun })
      const swept = await sweepBlobs(ports, { origin, isDryRun: dryRun })
      return { data: { files, ...swept, dryRun } }
    },
  }),
]
