// Public part of this context: its deciders, ids and types.

export {
  allEvents,
  Description,
  EndpointUrl,
  EventNames,
  limits,
  webhook,
  WebhookId,
  type WebhookState,
} from './webhook.ts'
export {
  delivery,
  DeliveryId,
  isAttempted,
  type DeliveryState,
  type Reference,
} from './delivery.ts'
export { sentAtOnce, trialPause, trialsAfter, triedFor } from './pauses.ts'
