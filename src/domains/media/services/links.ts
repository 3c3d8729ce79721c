import type { Ports } from '../../../serving/ports.ts'
import { signedLinks, type Link, type LinkPorts } from '../../../serving/signed-link.ts'
import type { MediaId } from '../../shared/index.ts'

const links = signedLinks('media-links')

/** What a URL shows: the bytes of a file, or its thumbnails. Each has signatures of its own. */
export type LinkedPart = 'content' | 'thumbnail'

/** Returns a URL of a part of a file that needs no token, and is valid for a while. @param query more of its query */
export const linkTo = (
  ports: Pick<Ports, 'keys' | 'clock' | 'config' | 'apiUrl'>,
  id: MediaId,
  part: LinkedPart = 'content',
  query = '',
): string =>
  `${ports.apiUrl()}/media/${id}/${part}?${query}${links.queryFor(ports, [id, part], ports.config.media.linkTtl)}`

/** Whether a URL shows a part of a file to everybody. */
export const isLinked = (ports: LinkPorts, id: MediaId, part: LinkedPart, link: Link): boolean =>
  links.isValid(ports, [id, part], link)
