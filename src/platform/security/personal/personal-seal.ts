import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

/** Seals and opens what events say of one person. */
export type Unsealing = {
  /**
   * The same text for the same event is sealed to the same bytes, so that an event that is appended again is the same.
   * @param eventId which event it belongs to; it opens for no other
   */
  readonly seal: (eventId: string, plain: string) => string
  /** @throws Error when it was sealed with another key, for another event, or has been changed */
  readonly open: (eventId: string, sealed: string) => string
}

const nonceLength = 12
const tagLength = 16

const derived = (key: Buffer, purpose: string): Buffer =>
  createHmac('sha256', key).update(purpose).digest()

/**
 * Seals with somebody's key: AES-256-GCM (NIST SP 800-38D) with a nonce that follows from event and text, as in SIV
 * (RFC 5297), so that no nonce is used for two texts.
 * @param key 32 bytes
 */
export const personalSeal = (key: Buffer): Unsealing => {
  const secret = derived(key, 'seal')
  const nonces = derived(key, 'nonce')
  return {
    seal: (eventId, plain) => {
      const nonce = createHmac('sha256', nonces)
        .update(`${eventId}\n${plain}`)
        .digest()
        .subarray(0, nonceLength)
      const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(eventId))
      const sealed = cipher.update(plain, 'utf8')
      const rest = cipher.final()
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed, rest]).toString('base64url')
    },
    open: (eventId, sealed) => {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, nonceLength), {
        authTagLength: tagLength,
      })
      decipher.setAAD(Buffer.from(eventId))
      decipher.setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength))
      const plain = decipher.update(bytes.subarray(nonceLength + tagLength))
      return Buffer.concat([plain, decipher.final()]).toString('utf8')
    },
  }
}
