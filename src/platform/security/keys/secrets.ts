import { hkdfSync } from 'node:crypto'

/**
 * Derives all secrets from one (HKDF, RFC 5869).
 * @param secret at least 32 characters, hard to guess
 * @returns derives 32 bytes for a purpose
 */
export const secretsFrom =
  (secret: string) =>
  (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `agora ${purpose}`, 32))
