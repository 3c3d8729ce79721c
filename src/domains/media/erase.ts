import { asId } from '#kernel'
import { media as files } from '../../projections/index.ts'
import type { Origin } from '../../runtime/execution.ts'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import { forEachDocument, type Erase, type ErasingPorts } from '../../serving/erase.ts'
import { MediaId, type UserId } from '../shared/index.ts'
import { directUpload, media, mediaSpace } from './language.ts'
import { abandonDirectUpload } from './services/direct-uploads.ts'
import { releaseBytes, removeBytes } from './services/remove-bytes.ts'

/** Deletes a file with its bytes. @returns whether there was one */
const eraseFile = async (
  ports: ErasingPorts,
  { mediaId, userId }: { readonly mediaId: MediaId; readonly userId: UserId },
  origin: Origin,
): Promise<boolean> => {
  const { executor } = ports
  const { state } = await executor.stateOf(media, mediaId)
  // An upload that was cut off by a crash: its bytes are found by their key.
  if (state.status === 'none') {
    const { state: upload } = await executor.stateOf(directUpload, mediaId)
    if (upload.status === 'pending') await abandonDirectUpload(ports, { mediaId, userId }, origin)
    return false
  }
  const command = { type: 'DeleteMedia' as const, data: {} }
  await executor.execute(media, mediaId, command, derivedOrigin(origin, mediaId))
  // Bytes as they were uploaded may be left, where a crash has interrupted their cleaning.
  if ('uploadedBlobId' in state)
    await releaseBytes(ports, { mediaId, blobId: state.uploadedBlobId }, origin)
  await removeBytes(ports, { mediaId, userId, blobId: state.blobId }, origin)
  return true
}

/** Deletes the files of a person, with their bytes. Bytes that files of others have too stay for those. */
export const erase: Erase = async ({ userId, origin }, ports) => {
  // The space of a file is taken before the file is recorded: what is being uploaded is found, too.
  const { state: space } = await ports.executor.stateOf(mediaSpace, userId)
  let count = 0
  for (const key of Object.keys(space.files))
    if (await eraseFile(ports, { mediaId: asId(MediaId, key), userId }, origin)) count += 1
  // Files whose space was freed by mistake.
  await forEachDocument(ports.readModels, files, { where: { userId } }, async ({ id }) => {
    if (id in space.files) return
    if (await eraseFile(ports, { mediaId: id, userId }, origin)) count += 1
  })
  return { awaited: 0, counts: { media: count } }
}
