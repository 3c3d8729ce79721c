import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { signingKey } from '../../security/keys/signing-key.ts'
import type { DigestSigner, SignatureState, SignedDigest } from './port.ts'

/** Name of the secret that the key of the chain derives from (`SigningKeys.secretFor`). */
export const digestPurpose = 'log-digests'

/** An Ed25519 private key in PKCS #8 (RFC 8410) is this and 32 bytes. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex')

const partOf = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * The signer of the chain. Its key derives from the secret of this Agora: unlike the keys of access tokens, which are removed
 * when their last token has expired, it verifies for as long as there is a chain.
 * @param secret 32 bytes
 */
export const digestSigner = (secret: Buffer): DigestSigner => {
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8, secret]),
    format: 'der',
    type: 'pkcs8',
  })
  const { jwk } = signingKey(key.export({ type: 'pkcs8', format: 'pem' }).toString())
  const header = partOf({ alg: 'EdDSA', typ: 'agora-log-digest', kid: jwk.kid })
  return {
    jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x, kid: jwk.kid },
    sign: ({ log, position, events, digest }) => {
      const payload = partOf({ log, position: String(position), events: String(events), digest })
      const signed = `${header}.${payload}`
      return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`
    },
  }
}

/**
 * Checks that a JWS is the signature of a digest.
 * @param keys public keys, base64url of their 32 bytes
 */
export const checksSignatures = (
  keys: readonly string[],
): ((jws: string, digest: SignedDigest) => SignatureState) => {
  const known = new Map<string, KeyObject>(
    keys.map((x) => {
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
      return [x, key]
    }),
  )
  return (jws, { log, position, events, digest }) => {
    const [header = '', payload = '', signature = ''] = jws.split('.')
    const expected = partOf({ log, position: String(position), events: String(events), digest })
    if (payload !== expected) return 'invalid'
    const [signed, bytes] = [
      Buffer.from(`${header}.${payload}`),
      Buffer.from(signature, 'base64url'),
    ]
    return known.values().some((key) => verify(null, signed, key, bytes)) ? 'valid' : 'unknown'
  }
}
