import { createHmac, timingSafeEqual } from 'node:crypto'

/** Signs texts that leave the house, so that they are known for ours when they come back. */
export type Signer = {
  /** 43 characters that only who has the secret can make, different for every list of parts. */
  readonly sign: (...parts: readonly string[]) => string
  /** Whether a signature belongs to these parts; takes equally long for every wrong one. */
  readonly isSigned: (signature: string, ...parts: readonly string[]) => boolean
}

/**
 * Signatures by HMAC-SHA-256 (RFC 2104).
 * @param secret at least 32 bytes, for one purpose only
 */
export const signer = (secret: Buffer): Signer => {
  const mac = (parts: readonly string[]) =>
    createHmac('sha256', secret).update(parts.join('\u0000'))
  return {
    sign: (...parts) => mac(parts).digest('base64url'),
    isSigned: (signature, ...parts) => {
      const given = Buffer.from(signature, 'base64url')
      const made = mac(parts).digest()
      // The same bytes can be written in several ways; only ours counts.
      return (
        given.length === made.length &&
        timingSafeEqual(given, made) &&
        made.toString('base64url') === signature
      )
    },
  }
}
