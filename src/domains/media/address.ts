import { asId } from '#kernel'
import { MediaId } from '../shared/index.ts'

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const file = new RegExp(`/media/(${uuid})(?:/content|/thumbnail)?$`)

/**
 * Returns the id of the file that a path names: `…/media/{id}`, with `/content`, `/thumbnail` or nothing behind it.
 * @param path without query
 */
export const mediaIdInPath = (path: string): MediaId | undefined => {
  const [, id] = file.exec(path.toLowerCase()) ?? []
  return id === undefined ? undefined : asId(MediaId, id)
}

/**
 * Returns the id of the file that a URL may name, on whichever host: its path is that of a file.
 * @param url absolute
 */
export const mediaIdInUrl = (url: string): MediaId | undefined =>
  mediaIdInPath(URL.parse(url)?.pathname ?? '')
