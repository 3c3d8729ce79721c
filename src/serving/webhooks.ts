import { Type } from 'typebox'
import { derivedUuid, patternMessage } from '#kernel'
import {
  secretOf,
  verifyWebhook,
  webhookHeader,
  type WebhookSecrets,
} from '../platform/security/webhook-signature.ts'
import type { Origin } from '../runtime/execution.ts'
import type { Ports } from './ports.ts'
import { invalid, notFound, Problem } from './problem.ts'

const senderMessage = 'must be a name of lower-case letters, digits and dashes'
const senderPattern = '^[a-z0-9][a-z0-9-]{0,49}$'
const isSender = new RegExp(senderPattern)

/** Name of a sender in a path. */
export const SenderName = patternMessage(senderMessage, Type.String({ pattern: senderPattern }))

/**
 * Returns the name of the sender in a path that is not validated yet.
 * @param name of the parameter
 * @throws Problem 400 when it is no name
 */
export const senderIn = (params: unknown, name: string): string => {
  const given: unknown = Object.entries(params ?? {}).find(([key]) => key === name)?.[1]
  if (typeof given === 'string' && isSender.test(given)) return given
  throw invalid(name, senderMessage)
}

/** A request whose signature is verified before it is validated. */
export type Signed = {
  /** As it was sent, before it was parsed. */
  readonly rawBody: Uint8Array
  readonly header: (name: string) => string | undefined
}

const details = {
  missing: `The header ${webhookHeader} is missing.`,
  bad: `The signature in ${webhookHeader} is not that of this body: t=<seconds>,v1=<HMAC-SHA-256 of "<seconds>.<body>" in hex>.`,
  stale: 'The signature is more than five minutes away from our time; sign each delivery anew.',
} as const

/**
 * Verifies the signature of a webhook.
 * @param secrets of its kind of senders
 * @param sender name of the sender
 * @returns the time of the signature
 * @throws Problem 404 where no secret of the sender is configured; 401 when the signature is missing, wrong or too old
 */
export const verifiedWebhook = (
  secrets: WebhookSecrets | undefined,
  sender: string,
  { rawBody, header }: Signed,
  { clock }: Pick<Ports, 'clock'>,
): Date => {
  const secret = secretOf(secrets, sender)
  if (secret === undefined) throw notFound('sender of webhooks with a secret', 'name')
  const verified = verifyWebhook(secret, header(webhookHeader), rawBody, clock())
  if ('signedAt' in verified) return verified.signedAt
  const { fault } = verified
  throw new Problem(401, fault === 'stale' ? 'stale_signature' : 'bad_signature', details[fault])
}

/** Returns the origin of the commands of a webhook: the same whenever the message is delivered. */
export const webhookOrigin = (
  origin: Origin,
  kind: string,
  sender: string,
  id: string,
): Origin => ({
  ...origin,
  commandId: derivedUuid('webhook', kind, sender, id),
  actorId: `${kind}-webhook-${sender}`,
})
