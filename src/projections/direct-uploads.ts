import { Fields, projection, Timestamp } from '#kernel'
import { directUpload } from '../domains/media/language.ts'
import { MediaId, UserId } from '../domains/shared/index.ts'

/** Uploads into the store of blobs that have not ended. */
export const directUploads = projection({
  name: 'direct_uploads',
  store: 'postgres',
  within: 1_000,
  document: Fields({ id: MediaId, userId: UserId, expiresAt: Timestamp }),
  from: [directUpload],
  key: 'id',
  beginsWith: [directUpload],
}).rules({
  DirectUploadStarted: (_, { id, data: { userId, expiresAt } }) => ({ id, userId, expiresAt }),
  DirectUploadEnded: () => undefined,
})
