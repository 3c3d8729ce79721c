import { asId } from '#kernel'
import { derivedOrigin } from '../../serving/derived-origin.ts'
import type { Erase } from '../../serving/erase.ts'
import { MediaId } from '../shared/index.ts'
import { directUpload, media, mediaSpace } from './language.ts'
import { abandonDirectUpload } from './services/direct-uploads.ts'
import { releaseBytes, removeBytes } from './services/remove-bytes.ts'

/** Deletes the files of a person, with their bytes. Bytes that files of others have too stay for those. */
export const erase: Erase = async ({ userId, origin }, ports) => {
  const { executor } = ports
  // The space of a file is taken before the file is recorded, and freed after its bytes are gone: no file is missed.
  const { state: space } = await executor.stateOf(mediaSpace, userId)
  let count = 0
  for (const key of Object.keys(space.files)) {
    const mediaId = asId(MediaId, key)
    const { state } = await executor.stateOf(media, mediaId)
    // An upload that was cut off by a crash: its bytes are found by their key.
    if (state.status === 'none') {
      const { state: upload } = await executor.stateOf(directUpload, mediaId)
      if (upload.status === 'pending') await abandonDirectUpload(ports, { mediaId, userId }, origin)
      continue
    }
    const command = { type: 'DeleteMedia' as const, data: {} }
    await executor.execute(media, mediaId, command, derivedOrigin(origin, mediaId))
    // Bytes as they were uploaded may be left, where a crash has interrupted their cleaning.
    if ('uploadedBlobId' in state)
      await releaseBytes(ports, { mediaId, blobId: state.uploadedBlobId }, origin)
    await removeBytes(ports, { mediaId, userId, blobId: state.blobId }, origin)
    count += 1
  }
  return { awaited: 0, counts: { media: count } }
}
