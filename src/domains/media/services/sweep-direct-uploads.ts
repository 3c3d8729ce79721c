import { asId } from '#kernel'
import type { Blobs } from '../../../platform/storage/blobs/port.ts'
import { directUploads } from '../../../projections/index.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { forEachDocument } from '../../../serving/erase.ts'
import { MediaId } from '../../shared/index.ts'
import { directUpload } from '../language.ts'
import { abandonDirectUpload, grace } from './direct-uploads.ts'

/** Age from which bytes that belong to no upload are removed, in ms: sending them may have taken as long. */
const abandonedAfter = 24 * 60 * 60_000

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Gives up uploads into the store of blobs that were never completed, and removes bytes that arrived for none.
 * @throws Unavailable
 */
export const sweepDirectUploads = async (
  ports: {
    readonly executor: Pick<Executor, 'execute' | 'stateOf'>
    readonly blobs: Pick<Blobs, 'direct'>
    readonly readModels: Pick<ReadModels, 'find' | 'reach'>
    readonly clock: () => Date
  },
  origin: Origin,
): Promise<void> => {
  const now = ports.clock().getTime()
  await forEachDocument(ports.readModels, directUploads, {}, async ({ id, userId, expiresAt }) => {
    if (Date.parse(expiresAt) + grace < now)
      await abandonDirectUpload(ports, { mediaId: id, userId }, origin)
  })
  const { direct } = ports.blobs
  for await (const { key, storedAt, listedAt } of direct?.list() ?? []) {
    if (!uuid.test(key)) continue
    const { state } = await ports.executor.stateOf(directUpload, asId(MediaId, key))
    const isOld = listedAt.getTime() - storedAt.getTime() >= abandonedAfter
    const hasEnded = state.status === 'completed' || state.status === 'abandoned'
    if (hasEnded || (state.status === 'none' && isOld)) await direct?.remove(key)
  }
}
