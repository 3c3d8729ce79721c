import { module } from '../../serving/module.ts'
import { erase } from './erase.ts'
import { removeBytesOfDeleted } from './jobs/remove-bytes-of-deleted.ts'
import { blob, media as file, mediaSpace } from './language.ts'
import { mediaRoutes } from './routes/media.ts'

/** The context `media`. */
export const media = module({
  name: 'media',
  about: 'Files of users: pictures, videos, documents',
  deciders: [file, blob, mediaSpace],
  routes: mediaRoutes,
  jobs: [removeBytesOfDeleted],
  erase,
})
