import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

/** Encrypts and decrypts the personal data of one person in events. */
export type PersonalSeal = {
  /**
   * Encrypts a text. The same text of the same event yields the same bytes, so that an event that is appended again is equal.
   * @param eventId the event of the text; the seal opens for no other
   */
  readonly seal: (eventId: string, plain: string) => string
  /** Decrypts a seal. @throws Error if it was made with another key or for another event, or was changed */
  readonly open: (eventId: string, sealed: string) => string
}

const nonceLength = 12
const tagLength = 16

const derived = (key: Buffer, purpose: string): Buffer =>
  createHmac('sha256', key).update(purpose).digest()

/**
 * Seals under the key of one person: AES-256-GCM (NIST SP 800-38D) with a nonce that derives from event and text, as in SIV
 * (RFC 5297), so that no nonce is used for two texts.
 * @param key 32 bytes
 */
export const personalSeal = (key: Buffer): PersonalSeal => {
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
