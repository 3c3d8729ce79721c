import type { FastifyInstance } from 'fastify'
import { signWebhook, webhookHeader } from '../../src/platform/security/webhook-signature.ts'

/** A delivery of a webhook. */
export type Delivery = {
  readonly body: object | string
  readonly secret: string
  /** Time of the signature. Default: now. */
  readonly at?: Date
  /** Replaces the signature; undefined leaves it out. */
  readonly signature?: string | undefined
}

/** Body and headers of a signed delivery. */
export const signedDelivery = ({ body, secret, at = new Date(), ...more }: Delivery) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const signature =
    'signature' in more ? more.signature : signWebhook(secret, Buffer.from(text), at)
  return {
    text,
    headers: {
      'content-type': 'application/json',
      ...(signature !== undefined && { [webhookHeader]: signature }),
    },
  }
}

/** Delivers a webhook to a server. @param path below `/api/v1` */
export const deliver = async (app: FastifyInstance, path: string, delivery: Delivery) => {
  const { text, headers } = signedDelivery(delivery)
  const url = `/api/v1${path}`
  const response = await app.inject({ method: 'POST', url, payload: text, headers })
  return { status: response.statusCode, body: response.json(), text: response.body }
}
