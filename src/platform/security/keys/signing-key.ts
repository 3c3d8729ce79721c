import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { SigningKey } from './port.ts'

/**
 * A signing key from a private key (Ed25519), with its thumbprint (RFC 7638) as id.
 * @param pem PKCS #8
 * @throws Error for a text that is not such a key
 */
export const signingKey = (pem: string): SigningKey => {
  const key = createPublicKey(createPrivateKey(pem))
  const { kty = '', crv = '', x = '' } = key.export({ format: 'jwk' })
  if (crv !== 'Ed25519') throw new Error('A signing key is an Ed25519 key')
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url')
  return {
    kid,
    privateKey: pem,
    publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
    jwk: { kty, crv, x, kid, use: 'sig', alg: 'EdDSA' },
  }
}

/** Generates a new key. */
export const newSigningKey = (): SigningKey =>
  signingKey(
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  )
