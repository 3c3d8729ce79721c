import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import { signer } from '../platform/security/signed-text.ts'
import type { JobPorts } from './job-ports.ts'
import { oncePerPorts } from './ports.ts'

/** Query of a URL that needs no token. */
export const Link = Fields({
  expires: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10_000_000_000, description: 'Of a `url`' }),
  ),
  signature: Type.Optional(
    Type.String({ pattern: '^[A-Za-z0-9_-]{43}$', description: 'Of a `url`' }),
  ),
})
export type Link = Static<typeof Link>

/** Ports of links, which routes and jobs have. */
export type LinkPorts = Pick<JobPorts, 'keys' | 'clock'>

/**
 * URLs that need no token until they expire.
 * @param purpose names their key: links of one purpose are none of another
 */
export const signedLinks = (
  purpose: string,
): {
  /**
   * Returns the query of a URL.
   * @param parts what it shows
   * @param ttl time for which it is valid, in ms
   */
  readonly queryFor: (ports: LinkPorts, parts: readonly string[], ttl: number) => string
  /** Whether the signature of a URL is ours, and has not expired. */
  readonly isValid: (ports: LinkPorts, parts: readonly string[], link: Link) => boolean
} => {
  const signerOf = oncePerPorts(({ keys }: LinkPorts) => signer(keys.secretFor(purpose)))
  return {
    queryFor: (ports, parts, ttl) => {
      const expires = Math.ceil((ports.clock().getTime() + ttl) / 1_000)
      return `expires=${expires}&signature=${signerOf(ports).sign(String(expires), ...parts)}`
    },
    isValid: (ports, parts, { expires = 0, signature = '' }) =>
      signerOf(ports).isSigned(signature, String(expires), ...parts) &&
      expires * 1_000 > ports.clock().getTime(),
  }
}
