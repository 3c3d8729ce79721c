import { signer } from '../../../platform/security/signed-text.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'
import type { MediaId } from '../../shared/index.ts'

const linkSigner = oncePerPorts(({ keys }: Pick<Ports, 'keys'>) =>
  signer(keys.secretFor('media-links')),
)

/** What a URL shows: the bytes of a file, or its thumbnails. Each has signatures of its own. */
export type LinkedPart = 'content' | 'thumbnail'

const signedParts = (id: MediaId, part: LinkedPart, expires: number) =>
  part === 'content' ? [id, String(expires)] : [id, String(expires), part]

/** Returns a URL of a part of a file that needs no token, and is valid for a while. @param query more of its query */
export const linkTo = (
  ports: Pick<Ports, 'keys' | 'clock' | 'config' | 'apiUrl'>,
  id: MediaId,
  part: LinkedPart = 'content',
  query = '',
): string => {
  const expires = Math.ceil((ports.clock().getTime() + ports.config.media.linkTtl) / 1_000)
  const signature = linkSigner(ports).sign(...signedParts(id, part, expires))
  return `${ports.apiUrl()}/media/${id}/${part}?${query}expires=${expires}&signature=${signature}`
}

/** Whether the signature of a URL is ours, and has not expired. @param expires in seconds since 1970 */
export const isLinked = (
  ports: Pick<Ports, 'keys' | 'clock'>,
  id: MediaId,
  part: LinkedPart,
  { expires = 0, signature = '' }: { readonly expires?: number; readonly signature?: string },
): boolean =>
  linkSigner(ports).isSigned(signature, ...signedParts(id, part, expires)) &&
  expires * 1_000 > ports.clock().getTime()
