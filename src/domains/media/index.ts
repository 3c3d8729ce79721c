import { module } from '../../serving/module.ts'
import { mediaTasks } from './channel.ts'
import { erase } from './erase.ts'
import { cleanPicture } from './jobs/clean-picture.ts'
import { deleteMediaWithOwner } from './jobs/delete-with-owner.ts'
import { linkMedia } from './jobs/link-media.ts'
import { moveBlobs } from './jobs/move-blobs.ts'
import { notifyOfRejections } from './jobs/notify-of-rejections.ts'
import { removeBytesOfDeleted } from './jobs/remove-bytes-of-deleted.ts'
import { mediaCleanup, sweepMedia } from './jobs/sweep-media.ts'
import { blob, directUpload, media as file, mediaSpace } from './language.ts'
import { published } from './published.ts'
import { contentRoutes } from './routes/content.ts'
import { directUploadRoutes } from './routes/direct-uploads.ts'
import { mediaRoutes } from './routes/media.ts'
import { sweepRoutes } from './routes/sweep.ts'

/** The context `media`. */
export const media = module({
  name: 'media',
  about: 'Files of users: pictures, videos, documents',
  deciders: [file, blob, mediaSpace, directUpload],
  published,
  routes: [...mediaRoutes, ...contentRoutes, ...directUploadRoutes, ...sweepRoutes],
  channels: [mediaTasks],
  jobs: [cleanPicture, linkMedia, removeBytesOfDeleted, deleteMediaWithOwner, notifyOfRejections],
  chores: [sweepMedia, moveBlobs],
  workflows: [mediaCleanup],
  erase,
})
