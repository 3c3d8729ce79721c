import { signer } from '../../../platform/security/signed-text.ts'
import { oncePerPorts, type Ports } from '../../../serving/ports.ts'
import type { MediaId } from '../../shared/index.ts'

const linkSigner = oncePerPorts(({ keys }: Pick<Ports, 'keys'>) =>
  signer(keys.secretFor('media-links')),
)

/** Returns a URL of the bytes of a file that needs no token, and is valid for a while. */
export const linkTo = (
  ports: Pick<Ports, 'keys' | 'clock' | 'config' | 'apiUrl'>,
  id: MediaId,
): string => {
  const expires = Math.ceil((ports.clock().getTime() + ports.config.media.linkTtl) / 1_000)
  const signature = linkSigner(ports).sign(id, String(expires))
  return `${ports.apiUrl()}/media/${id}/content?expires=${expires}&signature=${signature}`
}

/** Whether the signature of a URL is ours, and has not expired. @param expires in seconds since 1970 */
export const isLinked = (
  ports: Pick<Ports, 'keys' | 'clock'>,
  id: MediaId,
  { expires = 0, signature = '' }: { readonly expires?: number; readonly signature?: string },
): boolean =>
  linkSigner(ports).isSigned(signature, id, String(expires)) &&
  expires * 1_000 > ports.clock().getTime()
