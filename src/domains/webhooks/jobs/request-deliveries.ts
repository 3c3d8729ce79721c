import { derivedId, type RecordedEvent } from '#kernel'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import { delivery, DeliveryId } from '../language.ts'
import { subscribable, subscribableByEvent } from '../services/published-events.ts'
import { subscribersOf } from '../services/subscribers.ts'

/** A published event. */
type Occurred = { readonly eventId: string; readonly event: string; readonly position: string }

const occurred = (event: RecordedEvent): Occurred | undefined => {
  const published = subscribableByEvent.get(event.type)
  if (!published || published.of(event) === undefined) return undefined
  return { eventId: event.eventId, event: published.name, position: String(event.position) }
}

/** Requests the delivery of each published event to the webhooks that are subscribed to it. */
export const requestDeliveries = job({
  name: 'request-deliveries',
  from: [],
  on: Object.fromEntries(subscribable.map(({ event }) => [event, occurred])),
  run: async ({ eventId, event, position }: Occurred, origin, ports) => {
    const subscribers = await subscribersOf(ports, event, BigInt(position))
    for (const { id: webhookId } of subscribers) {
      const data = { webhookId, eventId, event, position }
      const id = derivedId(DeliveryId, webhookId, eventId)
      const command = { type: 'RequestDelivery' as const, data }
      await ports.executor.execute(delivery, id, command, derivedOrigin(origin, webhookId))
    }
  },
  givenUp: { reportsNothing: 'its dead letter raises an alert, and is retried by an operator' },
  // Most events have no subscriber: they share a job.
  options: { attempts: 20, backoff: 500, bundle: { most: 200, within: 250 } },
})
