import { randomUUID } from 'node:crypto'
import { Fields } from '#kernel'
import type { Origin } from '../../../runtime/execution.ts'
import { chore } from '../../../serving/chore.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { workflow } from '../../../serving/workflow.ts'
import { sweepBlobs } from '../services/sweep.ts'
import { sweepDirectUploads } from '../services/sweep-direct-uploads.ts'
import { cleanOverdue, deleteUnused } from '../services/unused.ts'

/**
 * Gives up uploads that were never completed, deletes files that nothing refers to, and removes bytes that no file has.
 * @param progress called with the share that is done
 * @returns the numbers of deleted files and of removed blobs, and their size in bytes
 */
const sweep = async (
  ports: JobPorts,
  origin: Origin,
  progress: (share: number) => void = () => undefined,
) => {
  await sweepDirectUploads(ports, origin)
  progress(0.25)
  const files = await deleteUnused(ports, {
    unusedFor: ports.unusedMediaTtl,
    origin,
    isDryRun: false,
  })
  progress(0.5)
  const swept = await sweepBlobs(ports, { origin, isDryRun: false })
  progress(0.75)
  await cleanOverdue(ports, origin)
  return { files, ...swept }
}

/** Sweeps once an hour. */
export const sweepMedia = chore({
  name: 'sweep-media',
  every: 60 * 60_000,
  run: async (ports) => {
    const commandId = randomUUID()
    await sweep(ports, { commandId, actorId: 'sweep-media', correlationId: commandId })
  },
})

/** Sweeps when an admin wants it. */
export const mediaCleanup = workflow({
  name: 'media-cleanup',
  about:
    'Deletes files that nothing refers to, uploads that were never completed, and bytes that no file has.',
  payload: Fields({}),
  example: {},
  run: ({ origin, progress }, ports) => sweep(ports, origin, progress),
})
