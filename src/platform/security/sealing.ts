import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Encrypts and decrypts bytes with authentication. */
export type Sealing = {
  /** Encrypts. @param about subject of the bytes, authenticated with them; they open for no other */
  readonly seal: (plain: Buffer, about?: string) => Buffer
  /** Decrypts. @throws Error if the bytes were sealed with another secret or for another subject, or were changed */
  readonly open: (sealed: Buffer, about?: string) => Buffer
}

const nonceLength = 12
const tagLength = 16

/**
 * Sealing by AES-256-GCM (NIST SP 800-38D).
 * @param secret 32 bytes, for one purpose only
 */
export const sealing = (secret: Buffer): Sealing => ({
  seal: (plain, about = '') => {
    const nonce = randomBytes(nonceLength)
    const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(Buffer.from(about))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
  },
  open: (sealed, about = '') => {
    const decipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, nonceLength), {
      authTagLength: tagLength,
    })
    decipher.setAAD(Buffer.from(about))
    decipher.setAuthTag(sealed.subarray(nonceLength, nonceLength + tagLength))
    const plain = decipher.update(sealed.subarray(nonceLength + tagLength))
    return Buffer.concat([plain, decipher.final()])
  },
})
