import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { delivery, DeliveryId, WebhookId } from '../domains/webhooks/language.ts'
import { Text } from '../domains/shared/index.ts'

/** State of a delivery; `FAILED`: given up. */
export const DeliveryStatus = Type.Enum(['SENDING', 'WAITING', 'DELIVERED', 'FAILED', 'CANCELLED'])

/** Deliveries of events to webhooks. */
export const webhookDeliveries = projection({
  name: 'webhook_deliveries',
  version: 2,
  store: 'postgres',
  within: 5_000,
  document: Fields({
    id: DeliveryId,
    webhookId: WebhookId,
    eventId: Text(1, 100),
    event: Text(1, 100),
    state: DeliveryStatus,
    /** Number of the attempt that is made, waits, or was the last one. */
    attempt: Type.Integer(),
    /** Status of the last answer. */
    status: Type.Optional(Type.Integer()),
    error: Type.Optional(Text(1, 300)),
    /** Duration of the last request, in ms. */
    tookMs: Type.Optional(Type.Integer()),
    /** When the next attempt is due. */
    dueAt: Type.Optional(Timestamp),
    /** When it was requested or replayed last; it is tried for three days from then on. */
    since: Timestamp,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  }),
  from: [delivery],
  key: 'id',
  beginsWith: [delivery],
  indexes: [
    ['webhookId', 'createdAt'],
    ['webhookId', 'state', 'createdAt'],
    ['webhookId', 'state', 'since'],
    ['webhookId', 'dueAt'],
    ['state', 'createdAt'],
    ['dueAt'],
  ],
}).rules({
  DeliveryRequested: (_, { id, at, data: { webhookId, eventId, event, since } }) => ({
    id,
    webhookId,
    eventId,
    event,
    state: 'SENDING',
    attempt: 1,
    since,
    createdAt: at,
    updatedAt: at,
  }),
  DeliverySucceeded: (before, { at, data: { attempt, status, tookMs } }) => {
    if (!before) return before
    const { error: _, dueAt: __, status: ___, ...document } = before
    const answered = { attempt, tookMs, ...(status !== undefined && { status }) }
    return { ...document, ...answered, state: 'DELIVERED', updatedAt: at }
  },
  DeliveryAttemptFailed: (before, { at, data: { attempt, status, tookMs, error, retryAt } }) => {
    if (!before) return before
    const { status: _, ...document } = before
    const answered = { error, tookMs, ...(status !== undefined && { status }) }
    return {
      ...document,
      ...answered,
      state: 'WAITING',
      attempt: attempt + 1,
      dueAt: retryAt,
      updatedAt: at,
    }
  },
  DeliveryGivenUp: (before, { at, data: { attempt, status, tookMs, error } }) => {
    if (!before) return before
    const { status: _, dueAt: __, ...document } = before
    const answered = { attempt, error, tookMs, ...(status !== undefined && { status }) }
    return { ...document, ...answered, state: 'FAILED', updatedAt: at }
  },
  DeliveryPostponed: (document, { at, data: { attempt, until } }) =>
    document && { ...document, state: 'WAITING', attempt, dueAt: until, updatedAt: at },
  DeliveryRetried: (before, { at }) => {
    if (!before) return before
    const { dueAt: _, ...document } = before
    return { ...document, state: 'SENDING', updatedAt: at }
  },
  DeliveryReplayed: (document, { at, data: { attempt, since } }) =>
    document && { ...document, state: 'SENDING', attempt, since, updatedAt: at },
  DeliveryCancelled: (before, { at }) => {
    if (!before) return before
    const { dueAt: _, ...document } = before
    return { ...document, state: 'CANCELLED', updatedAt: at }
  },
})
