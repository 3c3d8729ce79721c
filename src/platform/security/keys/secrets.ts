import { hkdfSync } from 'node:crypto'

/**
 * Derives all secrets from one (HKDF, RFC 5869).
 * @param secret of at least 32 characters, hard to guess
 * @returns gives 32 bytes for each purpose
 */
export const secretsFrom =
  (secret: string) =>
  (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `agora ${purpose}`, 32))
