import { randomUUID } from 'node:crypto'
import { isRefusal } from '#kernel'
import type { Blobs } from '../../../platform/storage/blobs/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { MediaId, UserId } from '../../shared/index.ts'
import { blob, mediaSpace, thumbnailSizes, type BlobId } from '../language.ts'

/** A file, and the bytes that it has. */
export type FileOfBytes = {
  readonly mediaId: MediaId
  readonly userId: UserId
  readonly blobId: BlobId
}

/** Key of bytes in the store of blobs. @param storedAs the file under whose id they are stored */
export const keyOf = (blobId: BlobId, storedAs: MediaId): string => `${blobId}.${storedAs}`

/** Key of a thumbnail beside the bytes of its picture. @param key of those */
export const thumbnailKeyOf = (key: string, box: number): string => `${key}.t${box}`

/** Removes the bytes of a key, and the thumbnails beside them. May be called again. */
export const removeStored = async (blobs: Pick<Blobs, 'remove'>, key: string): Promise<void> => {
  // A crash in between leaves the key itself, which is found again.
  for (const box of thumbnailSizes) await blobs.remove(thumbnailKeyOf(key, box))
  await blobs.remove(key)
}

/**
 * Origin of a command that may be repeated after it was undone: each time with an id of its own. The request has not had
 * its effect by it.
 */
export const freshOrigin = ({ commandId, actorId, correlationId, span }: Origin): Origin => ({
  commandId: randomUUID(),
  actorId,
  correlationId,
  causationId: commandId,
  ...(span && { span }),
})

type RemovalPorts = {
  readonly executor: Pick<Executor, 'execute'>
  readonly blobs: Pick<Blobs, 'remove'>
}

/**
 * Removes bytes that a file has no longer, unless another file has the same. May be called again.
 * @throws Unavailable
 */
export const releaseBytes = async (
  { executor, blobs }: RemovalPorts,
  { mediaId, blobId }: Pick<FileOfBytes, 'mediaId' | 'blobId'>,
  origin: Origin,
): Promise<void> => {
  const release = { type: 'ReleaseBlob' as const, data: { mediaId } }
  const released = await executor.execute(blob, blobId, release, freshOrigin(origin))
  if (isRefusal(released)) return
  const { holders, storedAs } = released.state
  if (Object.keys(holders).length === 0 && storedAs !== undefined)
    await removeStored(blobs, keyOf(blobId, storedAs))
}

/**
 * Removes the bytes of a file that is deleted, rejected, or was never recorded, unless another file has the same; and frees
 * their space. May be called again.
 * @throws Unavailable
 */
export const removeBytes = async (
  ports: RemovalPorts,
  { mediaId, userId, blobId }: FileOfBytes,
  origin: Origin,
): Promise<void> => {
  // First: after a crash, the sweep finds the file by its hold. The bytes themselves are last.
  const free = { type: 'FreeSpace' as const, data: { mediaId } }
  await ports.executor.execute(mediaSpace, userId, free, freshOrigin(origin))
  await releaseBytes(ports, { mediaId, blobId }, origin)
}
