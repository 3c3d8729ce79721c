import { createECDH, createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto'

/** The key pair by which push services know this Agora (VAPID, RFC 8292). */
export type VapidKeys = {
  /** P-256, uncompressed, base64url. */
  readonly publicKey: string
  readonly privateKey: KeyObject
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

/**
 * Derives the key pair from a secret, so that all processes have the same one, and none is stored.
 * @param secret 32 bytes
 */
export const vapidKeys = (secret: Buffer): VapidKeys => {
  const pair = createECDH('prime256v1')
  // Of 2^32 texts, about one is no valid key (0, or beyond the order of the curve); the next one is tried then.
  for (let candidate = secret; ; candidate = createHash('sha256').update(candidate).digest())
    try {
      pair.setPrivateKey(candidate)
      break
    } catch (error) {
      if (candidate.length !== 32) throw error
    }
  const publicKey = pair.getPublicKey()
  return {
    publicKey: base64url(publicKey),
    privateKey: createPrivateKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: base64url(publicKey.subarray(1, 33)),
        y: base64url(publicKey.subarray(33)),
        d: base64url(Buffer.from(pair.getPrivateKey('hex').padStart(64, '0'), 'hex')),
      },
    }),
  }
}

const part = (value: object): string => base64url(Buffer.from(JSON.stringify(value)))

/**
 * Returns the header `Authorization` of a request to a push service: a JSON Web Token by ES256 (RFC 8292, section 2).
 * @param claims.audience origin of the push service
 * @param claims.subject how its operators reach those of this Agora: `https://…` or `mailto:…`
 * @param claims.expires at most 24 h away
 */
export const vapidHeader = (
  { publicKey, privateKey }: VapidKeys,
  {
    audience,
    subject,
    expires,
  }: { readonly audience: string; readonly subject: string; readonly expires: Date },
): string => {
  const claims = { aud: audience, exp: Math.floor(expires.getTime() / 1_000), sub: subject }
  const content = `${part({ typ: 'JWT', alg: 'ES256' })}.${part(claims)}`
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
  const signature = sign('sha256', Buffer.from(content), key)
  return `vapid t=${content}.${base64url(signature)}, k=${publicKey}`
}
