import { isRefusal } from '#kernel'
import {
  BadPicture,
  PictureFailed,
  PictureTooSlow,
  pictureTypes,
  type MadePicture,
  type Pictures,
  type PictureType,
} from '../../../platform/external/pictures/port.ts'
import type { Blobs, StagedBlob } from '../../../platform/storage/blobs/port.ts'
import type { Executor, Origin } from '../../../runtime/execution.ts'
import type { MediaId } from '../../shared/index.ts'
import {
  blob,
  maxPixels,
  media,
  thumbnailSizes,
  type AcceptedType,
  type BlobId,
  type PresentMedia,
  type RejectionReason,
} from '../language.ts'
import { blobIdIn, type BlobIdPorts } from './blob-ids.ts'
import { freshOrigin, keyOf, releaseBytes, removeStored, thumbnailKeyOf } from './remove-bytes.ts'

/** Ports of cleaning. */
export type CleaningPorts = BlobIdPorts & {
  readonly executor: Pick<Executor, 'execute' | 'stateOf'>
  readonly blobs: Blobs
  readonly pictures: Pictures
}

/** How often a picture is decoded whose process ends without a result, before it is rejected. */
const triesOfDecoding = 3

const isPicture = (type: AcceptedType): type is PictureType =>
  pictureTypes.some((one) => one === type)

type Made = Omit<MadePicture, 'bytes'> & { readonly staged: StagedBlob }

type Result = { readonly colour: string; readonly made: readonly Made[] }

/** Decodes a stored picture, and stages what is made of it. @throws BadPicture, PictureFailed, Unavailable, OutOfSpace */
const decode = async (
  { blobs, pictures }: CleaningPorts,
  key: string,
  type: PictureType,
  received: AsyncDisposableStack,
): Promise<Result> => {
  const source = await blobs.read(key)
  if (!source) throw new Error('The bytes of an uploaded picture are missing')
  const made: Made[] = []
  const work = { type, maxPixels, sizes: thumbnailSizes }
  const { colour } = await pictures.clean(source, work, async ({ bytes, ...facts }) => {
    made.push({ ...facts, staged: received.use(await blobs.stage(bytes)) })
  })
  return { colour, made }
}

/** Decodes, again when the process of it ends, as it may have been ended for lack of memory. */
const decodePatiently = async (
  ports: CleaningPorts,
  key: string,
  type: PictureType,
  received: AsyncDisposableStack,
): Promise<Result | RejectionReason> => {
  for (let attempt = 1; attempt <= triesOfDecoding; attempt += 1)
    try {
      return await decode(ports, key, type, received)
    } catch (error) {
      if (error instanceof BadPicture) return error.reason
      if (!(error instanceof PictureFailed)) throw error
      // It would take as long again, in which no other picture is cleaned.
      if (error instanceof PictureTooSlow) break
    }
  return 'not_decodable'
}

/** Stores what was made, holds it for the file, and records it; undoes that where the file is deleted meanwhile. */
const finish = async (
  ports: CleaningPorts,
  mediaId: MediaId,
  { userId }: PresentMedia,
  { colour, made }: Result,
  origin: Origin,
): Promise<void> => {
  const { executor } = ports
  const picture = made.find(({ box }) => box === undefined)
  if (!picture) throw new Error('Cleaning has made no picture')
  const { staged, width, height } = picture
  const blobId = blobIdIn(ports, staged)
  const key = keyOf(blobId, mediaId)
  const thumbnails = []
  for (const one of made) {
    const box = thumbnailSizes.find((size) => size === one.box)
    if (box === undefined) continue
    await one.staged.commit(thumbnailKeyOf(key, box))
    thumbnails.push({ box, width: one.width, height: one.height, size: one.staged.size })
  }
  // Last: who finds the bytes of a picture finds its thumbnails.
  await staged.commit(key)
  const hold = { type: 'HoldBlob' as const, data: { mediaId, userId } }
  const held = await executor.execute(blob, blobId, hold, freshOrigin(origin))
  if (!isRefusal(held) && held.state.storedAs !== undefined && held.state.storedAs !== mediaId)
    await copyThumbnails(ports, key, keyOf(blobId, held.state.storedAs))
  const facts = { blobId, size: staged.size, checksum: staged.sha256, width, height, colour }
  const command = { type: 'FinishPicture' as const, data: { ...facts, thumbnails } }
  const answer = await executor.execute(media, mediaId, command, freshOrigin(origin))
  if (isRefusal(answer)) await releaseBytes(ports, { mediaId, blobId }, origin)
  await removeSecondCopy(ports, mediaId, blobId)
}

/** Stores thumbnails for bytes that are stored without: another file has uploaded what cleaning has made of this one. */
const copyThumbnails = async (
  { blobs }: Pick<CleaningPorts, 'blobs'>,
  from: string,
  to: string,
): Promise<void> => {
  for (const box of thumbnailSizes) {
    const target = thumbnailKeyOf(to, box)
    if ((await blobs.sizeOf(target)) !== undefined) continue
    const source = await blobs.read(thumbnailKeyOf(from, box))
    if (!source) continue
    await using staged = await blobs.stage(source)
    await staged.commit(target)
  }
}

/** Removes what a file has stored under its own id of bytes that are stored under that of another file, or are held by none. */
const removeSecondCopy = async (
  { executor, blobs }: Pick<CleaningPorts, 'executor' | 'blobs'>,
  mediaId: MediaId,
  blobId: BlobId,
): Promise<void> => {
  const { state } = await executor.stateOf(blob, blobId)
  const isUsed = state.storedAs === mediaId && Object.keys(state.holders).length > 0
  if (!isUsed) await removeStored(blobs, keyOf(blobId, mediaId))
}

/**
 * Cleans an uploaded picture: the cleaned bytes replace the uploaded ones, with thumbnails beside them; a picture that cannot be
 * decoded is rejected. Each step may be the last before a crash: a repetition does what is missing.
 * @param uploadedBlobId of the bytes as they were uploaded
 * @throws Unavailable, OutOfSpace
 */
export const cleanMedia = async (
  ports: CleaningPorts,
  { mediaId, uploadedBlobId }: { readonly mediaId: MediaId; readonly uploadedBlobId: BlobId },
  origin: Origin,
): Promise<void> => {
  const { executor } = ports
  const { state } = await executor.stateOf(media, mediaId)
  if (state.status === 'processing' && isPicture(state.mime)) {
    const { state: bytes } = await executor.stateOf(blob, uploadedBlobId)
    const key = keyOf(uploadedBlobId, bytes.storedAs ?? mediaId)
    await using received = new AsyncDisposableStack()
    const result = await decodePatiently(ports, key, state.mime, received)
    if (typeof result === 'string') {
      const command = { type: 'RejectMedia' as const, data: { reason: result } }
      await executor.execute(media, mediaId, command, freshOrigin(origin))
    } else await finish(ports, mediaId, state, result, origin)
  }
  const { state: after } = await executor.stateOf(media, mediaId)
  if (after.status === 'ready') {
    await removeSecondCopy(ports, mediaId, after.blobId)
    if (after.blobId === uploadedBlobId) return
  }
  if (after.status !== 'processing')
    await releaseBytes(ports, { mediaId, blobId: uploadedBlobId }, origin)
}
