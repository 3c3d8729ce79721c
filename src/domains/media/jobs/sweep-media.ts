import { randomUUID } from 'node:crypto'
import { chore } from '../../../serving/chore.ts'
import { sweepBlobs } from '../services/sweep.ts'
import { sweepDirectUploads } from '../services/sweep-direct-uploads.ts'
import { cleanOverdue, deleteUnused } from '../services/unused.ts'

/**
 * Once an hour: gives up uploads that were never completed, deletes files that nothing refers to, and removes bytes that no
 * file has.
 */
export const sweepMedia = chore({
  name: 'sweep-media',
  every: 60 * 60_000,
  run: async (ports) => {
    const commandId = randomUUID()
    const origin = { commandId, actorId: 'sweep-media', correlationId: commandId }
    await sweepDirectUploads(ports, origin)
    await deleteUnused(ports, { unusedFor: ports.unusedMediaTtl, origin, isDryRun: false })
    await sweepBlobs(ports, { origin, isDryRun: false })
    await cleanOverdue(ports, origin)
  },
})
