import { job } from '../../../serving/job.ts'
import { media } from '../language.ts'
import { removeBytes } from '../services/remove-bytes.ts'

/** Removes the bytes of deleted and rejected files from the store of blobs, and frees their space. */
export const removeBytesOfDeleted = job({
  name: 'remove-media-bytes',
  from: [media],
  on: {
    MediaDeleted: ({ id: mediaId, data: { userId, blobId } }) => ({ mediaId, userId, blobId }),
    MediaRejected: ({ id: mediaId, data: { userId, blobId } }) => ({ mediaId, userId, blobId }),
  },
  run: (file, origin, ports) => removeBytes(ports, file, origin),
  givenUp: { reportsNothing: 'nobody waits for it; operators see the parked job, and retry it' },
})
