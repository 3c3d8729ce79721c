import { randomUUID } from 'node:crypto'
import { isRefusal } from '#kernel'
import type { Blobs } from '../../../platform/storage/blobs/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { MediaId, UserId } from '../../shared/index.ts'
import { blob, mediaSpace, type BlobId } from '../language.ts'

/** A file, and the bytes that it has. */
export type FileOfBytes = {
  readonly mediaId: MediaId
  readonly userId: UserId
  readonly blobId: BlobId
}

/** Key of bytes in the store of blobs. @param storedAs the file under whose id they are stored */
export const keyOf = (blobId: BlobId, storedAs: MediaId): string => `${blobId}.${storedAs}`

/**
 * Origin of a command that may be repeated after it was undone: each time with an id of its own. The request has not had
 * its effect by it.
 */
export const freshOrigin = ({ commandId, actorId, correlationId }: Origin): Origin => ({
  commandId: randomUUID(),
  actorId,
  correlationId,
  causationId: commandId,
})

/**
 * Removes the bytes of a file that is deleted, or was never recorded, unless another file has the same; and frees their
 * space. May be called again.
 * @throws Unavailable
 */
export const removeBytes = async (
  {
    executor,
    blobs,
  }: { readonly executor: Pick<Executor, 'execute'>; readonly blobs: Pick<Blobs, 'remove'> },
  { mediaId, userId, blobId }: FileOfBytes,
  origin: Origin,
): Promise<void> => {
  const release = { type: 'ReleaseBlob' as const, data: { mediaId } }
  const released = await executor.execute(blob, blobId, release, freshOrigin(origin))
  if (isRefusal(released)) return
  const { holders, storedAs } = released.state
  if (Object.keys(holders).length === 0 && storedAs !== undefined)
    await blobs.remove(keyOf(blobId, storedAs))
  const free = { type: 'FreeSpace' as const, data: { mediaId } }
  await executor.execute(mediaSpace, userId, free, freshOrigin(origin))
}
