import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

/** Signs texts that clients hold, and verifies them when they are sent back. */
export type Signer = {
  /** Returns a signature of 43 characters, different for every list of parts. */
  readonly sign: (...parts: readonly string[]) => string
  /** Whether a signature is valid for these parts; takes equally long for every invalid one of the same length. */
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
      // Compares the encoded texts: the same bytes have several encodings in base64url, and only ours is valid.
      const [given, made] = [Buffer.from(signature), Buffer.from(sign(...parts))]
      return given.length === made.length && timingSafeEqual(given, made)
    },
  }
}
