import { createHmac } from 'node:crypto'
import type { WebhookRequest } from './port.ts'

/** Prefix of signing secrets; base64 follows. */
const prefix = 'whsec_'

const signatureOf = (secret: string, content: string): string => {
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}

/**
 * Headers of a signed request: HMAC-SHA-256 (RFC 2104) over id, time and body, as Standard Webhooks specifies it
 * (github.com/standard-webhooks/standard-webhooks, "Signature scheme"). With several secrets, the signatures are separated by
 * spaces.
 */
export const signedHeaders = ({
  id,
  at,
  body,
  secrets,
}: Pick<WebhookRequest, 'id' | 'at' | 'body' | 'secrets'>): Readonly<Record<string, string>> => {
  const seconds = String(Math.floor(at.getTime() / 1_000))
  const content = `${id}.${seconds}.${body}`
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': secrets.map((secret) => signatureOf(secret, content)).join(' '),
  }
}

/** Returns the text of a secret. @param bytes of the key; 32 */
export const secretText = (bytes: Buffer): string => `${prefix}${bytes.toString('base64')}`
