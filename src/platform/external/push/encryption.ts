import { createCipheriv, createECDH, createHmac, randomBytes } from 'node:crypto'

/** Size of a record, in bytes; a message is one record (RFC 8291, section 4). */
const recordSize = 4_096

/** Most bytes of a payload: push services take at least 4,096 bytes encrypted (RFC 8030, section 7.2). */
export const mostPayload = 3_993

const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer => {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/** HKDF with an output of at most one block (RFC 5869). */
const derived = (salt: Uint8Array, input: Uint8Array, info: Uint8Array, length: number): Buffer =>
  hmac(hmac(salt, input), info, Buffer.of(1)).subarray(0, length)

const label = (text: string): Buffer => Buffer.from(`${text}\0`)

/** Chance in an encryption: a key pair and a salt that are used once. */
export type OnceUsed = {
  /** Private key, P-256. */
  readonly privateKey: Uint8Array
  /** 16 bytes. */
  readonly salt: Uint8Array
}

/**
 * Encrypts a push message for one browser: "Message Encryption for Web Push" (RFC 8291) by `aes128gcm` (RFC 8188).
 * @param payload at most `mostPayload` bytes
 * @param keys of the subscription, base64url
 * @param once for the example of the standard; default: random
 * @returns the body of the request
 * @throws Error when the public key is not a point of the curve
 */
export const encrypted = (
  payload: Uint8Array,
  { p256dh, auth }: { readonly p256dh: string; readonly auth: string },
  once?: OnceUsed,
): Buffer => {
  const own = createECDH('prime256v1')
  if (once) own.setPrivateKey(once.privateKey)
  else own.generateKeys()
  const salt = once?.salt ?? randomBytes(16)
  const theirKey = Buffer.from(p256dh, 'base64url')
  const ownKey = own.getPublicKey()
  const shared = own.computeSecret(theirKey)
  const info = Buffer.concat([label('WebPush: info'), theirKey, ownKey])
  const input = derived(Buffer.from(auth, 'base64url'), shared, info, 32)
  const key = derived(salt, input, label('Content-Encoding: aes128gcm'), 16)
  const nonce = derived(salt, input, label('Content-Encoding: nonce'), 12)
  const cipher = createCipheriv('aes-128-gcm', key, nonce)
  // The byte 2 ends the last record.
  const record = [cipher.update(payload), cipher.update(Buffer.of(2)), cipher.final()]
  const header = Buffer.alloc(21)
  header.set(salt)
  header.writeUInt32BE(recordSize, 16)
  header.writeUInt8(ownKey.length, 20)
  return Buffer.concat([header, ownKey, ...record, cipher.getAuthTag()])
}
