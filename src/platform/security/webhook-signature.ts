import { createHmac, timingSafeEqual } from 'node:crypto'

/** Header with the signature of a webhook: `t=1893456000,v1=5257a8…`. */
export const webhookHeader = 'x-webhook-signature'

/** Tolerated difference between the time of a signature and ours, in ms. */
export const webhookTolerance = 5 * 60_000

/** Secrets of the senders of webhooks: one for each by its name, or one for all. */
export type WebhookSecrets = string | Readonly<Record<string, string>>

/** Returns the secret of a sender; undefined where none is configured. */
export const secretOf = (
  secrets: WebhookSecrets | undefined,
  sender: string,
): string | undefined => {
  if (secrets === undefined || typeof secrets === 'string') return secrets
  return Object.hasOwn(secrets, sender) ? secrets[sender] : undefined
}

const macOf = (secret: string, seconds: string, body: Uint8Array): string =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')

/**
 * Signs a webhook: HMAC-SHA-256 (RFC 2104) over the time in seconds, a dot and the raw body.
 * @returns the value of the header
 */
export const signWebhook = (secret: string, body: Uint8Array, at: Date): string => {
  const seconds = String(Math.floor(at.getTime() / 1_000))
  return `t=${seconds},v1=${macOf(secret, seconds, body)}`
}

/** Outcome of a verification: the time of a valid signature, or why it is none. */
export type Verified = { readonly signedAt: Date } | { readonly fault: 'missing' | 'bad' | 'stale' }

/**
 * Verifies the signature of a webhook; takes equally long for every wrong one. A header may have several signatures
 * (`v1=…,v1=…`), while a sender changes its secret.
 * @param header value of the header; undefined without one
 * @param body as it was sent, before it is parsed
 * @param now our time
 */
export const verifyWebhook = (
  secret: string,
  header: string | undefined,
  body: Uint8Array,
  now: Date,
): Verified => {
  if (header === undefined) return { fault: 'missing' }
  const parts = header.split(',', 10).map((part) => part.trim())
  const valueOf = (name: string) =>
    parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1))
  const [seconds = ''] = valueOf('t')
  const made = Buffer.from(macOf(secret, seconds, body))
  // Every signature is compared, so that the time does not depend on which one is right.
  const matches = valueOf('v1').filter((text) => {
    const given = Buffer.from(text.toLowerCase())
    return given.length === made.length && timingSafeEqual(given, made)
  })
  if (matches.length === 0 || !/^\d{1,12}$/.test(seconds)) return { fault: 'bad' }
  const signedAt = new Date(Number(seconds) * 1_000)
  return Math.abs(now.getTime() - signedAt.getTime()) > webhookTolerance
    ? { fault: 'stale' }
    : { signedAt }
}
