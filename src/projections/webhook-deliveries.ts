import { Type } from 'typebox'
import { Fields, projection, Timestamp } from '#kernel'
import { delivery, DeliveryId, WebhookId } from '../domains/webhooks/language.ts'
import { Text } from '../domains/shared/index.ts'

/** State of a delivery; `FAILED`: given up. */
export const DeliveryStatus = Type.Enum(['SENDING', 'WAITING', 'DELIVERED', 'FAILED', 'CANCELLED'])

/** Deliveries of events to webhooks, without those that have ended long ago. */
export const webhookDeliveries = projection({
  name: 'webhook_deliveries',
  version: 3,
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
    /** When it was delivered, given up or cancelled; it is removed some time later. */
    endedAt: Type.Optional(Timestamp),
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
    ['endedAt'],
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
    return { ...document, ...answered, state: 'DELIVERED', endedAt: at, updatedAt: at }
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
    return { ...document, ...answered, state: 'FAILED', endedAt: at, updatedAt: at }
  },
  DeliveryPostponed: (document, { at, data: { attempt, until } }) =>
    document && { ...document, state: 'WAITING', attempt, dueAt: until, updatedAt: at },
  DeliveryRetried: (before, { at }) => {
    if (!before) return before
    const { dueAt: _, ...document } = before
    return { ...document, state: 'SENDING', updatedAt: at }
  },
  DeliveryReplayed: (before, { at, data: { attempt, since } }) => {
    if (!before) return before
    const { endedAt: _, ...document } = before
    return { ...document, state: 'SENDING', attempt, since, updatedAt: at }
  },
  DeliveryCancelled: (before, { at }) => {
    if (!before) return before
    const { dueAt: _, ...document } = before
    return { ...document, state: 'CANCELLED', endedAt: at, updatedAt: at }
  },
  DeliveryRemoved: () => undefined,
})
