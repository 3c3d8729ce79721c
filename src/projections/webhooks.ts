import { Type, type Static } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { delivery, webhook, WebhookId } from '../domains/webhooks/language.ts'
import { Text, UserId } from '../domains/shared/index.ts'

const Webhook = Fields({
  id: WebhookId,
  url: Text(1, 2_000),
  events: Type.Array(Text(1, 100)),
  description: Type.Optional(personal(Text(1, 200))),
  status: Type.Enum(['ACTIVE', 'PAUSED', 'DISABLED']),
  /** The admin who has set it last. */
  userId: UserId,
  /** Position from which events are delivered. */
  since: Type.String(),
  /** Until when the previous secret signs as well. */
  previousSecretUntil: Type.Optional(Timestamp),
  /** When an admin resumed it last. */
  resumedAt: Type.Optional(Timestamp),
  lastSuccessAt: Type.Optional(Timestamp),
  lastFailureAt: Type.Optional(Timestamp),
  lastError: Type.Optional(Text(1, 300)),
  /** Failed attempts since the last success; while there are several, one delivery at a time is tried. */
  failuresInARow: Type.Integer(),
  /** Deliveries that were given up since the last success. */
  givenUp: Type.Integer(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
type Webhook = Static<typeof Webhook>

/** Subscriptions of other systems to events, with how their deliveries go. */
export const webhooks = projection({
  name: 'webhooks',
  version: 2,
  store: 'postgres',
  within: 5_000,
  document: Webhook,
  from: [webhook, delivery],
  key: (event) => ('webhookId' in event.data ? event.data.webhookId : event.id),
  beginsWith: [webhook],
  indexes: [['createdAt'], ['userId']],
}).rules({
  WebhookSubscribed: (_, { id, at, position, data: { by, ...settings } }) => ({
    id,
    ...settings,
    status: 'ACTIVE',
    userId: by,
    since: String(position),
    failuresInARow: 0,
    givenUp: 0,
    createdAt: at,
    updatedAt: at,
  }),
  WebhookChanged: (before, { at, data: { by, ...settings } }) => {
    if (!before) return before
    const { description: _, ...rest } = before
    return { ...rest, ...settings, userId: by, failuresInARow: 0, updatedAt: at }
  },
  WebhookPaused: (document, { at }) => document && { ...document, status: 'PAUSED', updatedAt: at },
  WebhookResumed: (document, { at }) =>
    document && {
      ...document,
      status: 'ACTIVE',
      failuresInARow: 0,
      givenUp: 0,
      resumedAt: at,
      updatedAt: at,
    },
  WebhookDisabled: (document, { at }) =>
    document && { ...document, status: 'DISABLED', updatedAt: at },
  WebhookSecretRotated: (document, { at, data: { previousUntil } }) =>
    document && { ...document, previousSecretUntil: previousUntil, updatedAt: at },
  WebhookDescriptionForgotten: (before, { at }) => {
    if (!before) return before
    const { description: _, ...document } = before
    return { ...document, updatedAt: at }
  },
  WebhookDeleted: () => undefined,

  DeliverySucceeded: (before, { at }) => {
    if (!before) return before
    const { lastError: _, ...document } = before
    return { ...document, lastSuccessAt: at, failuresInARow: 0, givenUp: 0 }
  },
  DeliveryAttemptFailed: (document, { at, data: { error } }) => failed(document, at, error),
  DeliveryGivenUp: (document, { at, data: { error } }) =>
    document && { ...failed(document, at, error), givenUp: document.givenUp + 1 },
})

const failed = <D extends Webhook | undefined>(document: D, at: string, error: string): D =>
  document && {
    ...document,
    lastFailureAt: at,
    lastError: error,
    failuresInARow: document.failuresInARow + 1,
  }
