import { derivedId, isRefusal } from '#kernel'
import type { Origin } from '../../../runtime/execution.ts'
import type { Caller } from '../../../serving/caller.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import type { Ports } from '../../../serving/ports.ts'
import { Problem } from '../../../serving/problem.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import type { IncomingFile } from '../../../serving/upload.ts'
import { MediaId } from '../../shared/index.ts'
import { blob, kindOf, media, mediaSpace, type PresentMedia } from '../language.ts'
import { blobIdIn } from './blob-ids.ts'
import { receiveFile, type ReceivedFile } from './receive-file.ts'
import { freshOrigin, keyOf, releaseBytes, removeBytes, type FileOfBytes } from './remove-bytes.ts'

type UploadPorts = Pick<Ports, 'blobs' | 'config' | 'executor' | 'keys'>

/** A file of an upload, as it is recorded. */
export type Uploaded = {
  readonly id: MediaId
  readonly state: PresentMedia
  readonly position: bigint
}

type Placed = FileOfBytes & ReceivedFile & { readonly isStoredAlready: boolean }

/** Stores the bytes of a file, holds them, and takes their space; undoes all of it when the user has no space left. */
const place = async (
  ports: UploadPorts,
  file: ReceivedFile,
  { mediaId, userId, blobId }: FileOfBytes,
  origin: Origin,
): Promise<Placed> => {
  const { executor, config } = ports
  // Before anything is recorded: what the log says to be stored is stored.
  await file.staged.commit(keyOf(blobId, mediaId))
  const hold = { type: 'HoldBlob' as const, data: { mediaId, userId } }
  const held = await executor.execute(blob, blobId, hold, freshOrigin(origin))
  if (isRefusal(held)) throw refusalProblem(blob, held)
  const { size } = file.staged
  const take = {
    type: 'TakeSpace' as const,
    data: { mediaId, size, limit: config.media.perPerson },
  }
  const taken = await executor.execute(mediaSpace, userId, take, freshOrigin(origin))
  if (isRefusal(taken)) {
    const { message } = refusalProblem(mediaSpace, taken)
    await undo(ports, { mediaId, userId, blobId }, origin)
    throw new Problem(413, 'no_space_left', message, [
      { field: 'file', message: `must fit into the ${config.media.perPerson} bytes of your files` },
    ])
  }
  return { ...file, mediaId, userId, blobId, isStoredAlready: held.state.storedAs !== mediaId }
}

/** Undoes `place`. */
const undo = async (
  ports: Pick<Ports, 'executor' | 'blobs'>,
  file: FileOfBytes,
  origin: Origin,
): Promise<void> => {
  await removeBytes(ports, file, origin)
  // Where the bytes were stored already, the file has a second copy of them.
  const { state } = await ports.executor.stateOf(blob, file.blobId)
  const isUsed = state.storedAs === file.mediaId && Object.keys(state.holders).length > 0
  if (!isUsed) await ports.blobs.remove(keyOf(file.blobId, file.mediaId))
}

const record = async (
  { executor, blobs }: UploadPorts,
  { mediaId, blobId, userId, staged, mime, name, width, height, isStoredAlready }: Placed,
  origin: Origin,
): Promise<Uploaded> => {
  const data = {
    userId,
    blobId,
    kind: kindOf(mime),
    mime,
    size: staged.size,
    checksum: staged.sha256,
    ...(name !== undefined && { name }),
    ...(width !== undefined && height !== undefined && { width, height }),
  }
  const command = { type: 'UploadMedia' as const, data }
  const answer = await executor.execute(media, mediaId, command, origin)
  if (isRefusal(answer)) throw refusalProblem(media, answer)
  const { state, position } = answer
  if (isStoredAlready) await blobs.remove(keyOf(blobId, mediaId))
  const isKnown = state.status !== 'none' && state.status !== 'deleted'
  if (!isKnown || state.uploadedBlobId !== blobId)
    throw new Problem(
      422,
      'idempotency_key_reused',
      'This Idempotency-Key was sent with other files; pick a new key.',
    )
  // A repetition after the picture was cleaned has stored the uploaded bytes again.
  if (state.status !== 'processing' && state.blobId !== blobId)
    await releaseBytes({ executor, blobs }, { mediaId, blobId }, origin)
  return { id: mediaId, state, position }
}

/**
 * Stores the files of a request: all of them, or none when one is refused. A crash leaves bytes without a record at worst,
 * which a later clean-up finds by their key.
 * @throws Problem 400, 413, 415 naming the field, 422; OutOfSpace, Unavailable
 */
export const upload = async (
  ports: UploadPorts,
  files: AsyncIterable<IncomingFile>,
  caller: Pick<Caller, 'id'>,
  origin: Origin,
): Promise<readonly Uploaded[]> => {
  await using received = new AsyncDisposableStack()
  const whole: ReceivedFile[] = []
  for await (const file of files) {
    const one = await receiveFile(
      ports.blobs,
      file,
      `file[${whole.length}]`,
      ports.config.media.caps,
    )
    received.use(one.staged)
    whole.push(one)
  }
  const placed: Placed[] = []
  try {
    for (const [index, file] of whole.entries()) {
      const mediaId = derivedId(MediaId, origin.commandId, 'media', String(index))
      const blobId = blobIdIn(ports, file.staged)
      placed.push(await place(ports, file, { mediaId, userId: caller.id, blobId }, origin))
    }
  } catch (error) {
    for (const file of placed) await undo(ports, file, origin)
    throw error
  }
  // Not undone after a failure: whether the log has recorded a file may be unknown.
  const recorded: Uploaded[] = []
  for (const [index, file] of placed.entries())
    recorded.push(await record(ports, file, derivedOrigin(origin, 'media', String(index))))
  return recorded
}

/**
 * Stores one file that has arrived otherwise, and is found to be what it may be.
 * @param owner the id that the file gets, and its user
 * @param origin of the command that records it
 * @throws Problem 413; OutOfSpace, Unavailable
 */
export const keepReceived = async (
  ports: UploadPorts,
  file: ReceivedFile,
  owner: Pick<FileOfBytes, 'mediaId' | 'userId'>,
  origin: Origin,
): Promise<Uploaded> => {
  const blobId = blobIdIn(ports, file.staged)
  return record(ports, await place(ports, file, { ...owner, blobId }, origin), origin)
}
