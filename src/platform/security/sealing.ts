import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Keeps secrets from whoever holds the bytes. */
export type Sealing = {
  /** @param about what the bytes belong to; they open for nothing else */
  readonly seal: (plain: Buffer, about?: string) => Buffer
  /** @throws Error when they were sealed with another secret, for something else, or have been changed */
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
