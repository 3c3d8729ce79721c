import { asId } from '#kernel'
import type { Blobs, ListedBlob } from '../../../platform/storage/blobs/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import { MediaId } from '../../shared/index.ts'
import { blob, BlobId, media } from '../language.ts'
import { releaseBytes, removeBytes } from './remove-bytes.ts'

type SweepPorts = {
  readonly executor: Pick<Executor, 'execute' | 'stateOf'>
  readonly blobs: Pick<Blobs, 'list' | 'remove' | 'removeLeftovers'>
  readonly clock: () => Date
}

/** Age from which bytes without a record are of no upload in progress, in ms. */
const abandonedAfter = 24 * 60 * 60_000

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
/** Key of bytes, or of a thumbnail beside them. */
const key = new RegExp(`^(${uuid})\\.(${uuid})(?:\\.t\\d+)?$`)

/** Releases the bytes of files that were never recorded, are deleted, or have other bytes by now. @returns whether any file holds the bytes still */
const release = async (
  ports: SweepPorts,
  blobId: BlobId,
  { origin, isDryRun }: Sweeping,
): Promise<boolean> => {
  const { state } = await ports.executor.stateOf(blob, blobId)
  let isHeld = false
  for (const [id, { userId, heldAt }] of Object.entries(state.holders)) {
    const mediaId = asId(MediaId, id)
    const { state: file } = await ports.executor.stateOf(media, mediaId)
    const isRecent = ports.clock().getTime() - Date.parse(heldAt) < abandonedAfter
    const isThere = file.status === 'ready' || file.status === 'processing'
    if ((isThere && file.blobId === blobId) || isRecent) isHeld = true
    else if (isDryRun) continue
    // Of a picture as it was uploaded: its file has the cleaned bytes.
    else if (isThere) await releaseBytes(ports, { mediaId, blobId }, origin)
    else await removeBytes(ports, { mediaId, userId, blobId }, origin)
  }
  return isHeld
}

/** Whether bytes are to be removed: no file holds them, or they are a second copy. */
const isAbandoned = async (
  ports: SweepPorts,
  { key: stored, storedAt, listedAt }: ListedBlob,
  sweeping: Sweeping,
): Promise<boolean> => {
  const [, blobId, mediaId] = key.exec(stored) ?? []
  // Of another program, or a later version.
  if (blobId === undefined || mediaId === undefined) return false
  if (listedAt.getTime() - storedAt.getTime() < abandonedAfter) return false
  const id = asId(BlobId, blobId)
  const isHeld = await release(ports, id, sweeping)
  const { state } = await ports.executor.stateOf(blob, id)
  return !isHeld || state.storedAs !== mediaId
}

/** How to sweep. */
type Sweeping = {
  readonly origin: Origin
  /** Whether bytes are counted only. */
  readonly isDryRun: boolean
}

/**
 * Removes bytes that no file has: what a crash within an upload has left, or a removal that was given up. Bytes of less than
 * a day are left alone.
 * @returns the number of removed blobs, and their size in bytes
 * @throws Unavailable
 */
export const sweepBlobs = async (
  ports: SweepPorts,
  sweeping: Sweeping,
): Promise<{ readonly blobs: number; readonly bytes: number }> => {
  let [count, bytes] = [0, 0]
  for await (const listed of ports.blobs.list()) {
    if (!(await isAbandoned(ports, listed, sweeping))) continue
    // The last release has removed them in most cases.
    if (!sweeping.isDryRun) await ports.blobs.remove(listed.key)
    count += 1
    bytes += listed.size
  }
  if (!sweeping.isDryRun) await ports.blobs.removeLeftovers()
  return { blobs: count, bytes }
}
