import { join } from 'node:path'

/** Folder in which `npm run build:web` leaves the front end. */
export const webAppFolder = join(import.meta.dirname, '../../web/dist')
