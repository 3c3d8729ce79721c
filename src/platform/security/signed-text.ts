import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

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
  const key = createSecretKey(secret)
  const sign = (...parts: readonly string[]): string =>
    createHmac('sha256', key).update(parts.join('\u0000')).digest('base64url')
  return {
    sign,
    isSigned: (signature, ...parts) => {
      // As they are written: the same bytes can be written in several ways, and only ours counts.
      const [given, made] = [Buffer.from(signature), Buffer.from(sign(...parts))]
      return given.length === made.length && timingSafeEqual(given, made)
    },
  }
}
