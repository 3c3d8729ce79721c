import { job } from '../../../serving/job.ts'
import { media } from '../language.ts'
import { cleanMedia } from '../services/clean.ts'

/** Cleans uploaded pictures: no metadata, the right way up, thumbnails. */
export const cleanPicture = job({
  name: 'clean-picture',
  from: [media],
  on: {
    MediaUploaded: ({ id: mediaId, data: { kind, blobId: uploadedBlobId } }) =>
      kind === 'image' ? { mediaId, uploadedBlobId } : undefined,
  },
  run: (file, origin, ports) => cleanMedia(ports, file, origin),
  givenUp: {
    reportsNothing:
      'the file stays in processing; the hourly sweep tries again, and operators see the parked job',
  },
  // Decoding takes a processor, and up to a gigabyte. The store of files may be away for an hour.
  options: { concurrency: 2, attempts: 12, backoff: 1_000 },
})
