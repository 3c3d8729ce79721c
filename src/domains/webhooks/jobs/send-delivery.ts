import { derivedUuid, timeAt, type CommandOf } from '#kernel'
import type { WebhookOutcome } from '../../../platform/external/webhooks/port.ts'
import { Interrupted } from '../../../platform/interrupted.ts'
import { derivedOrigin } from '../../../serving/derived-origin.ts'
import { job } from '../../../serving/job.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import {
  delivery,
  isAttempted,
  webhook,
  type DeliveryId,
  type DeliveryState,
  type Reference,
} from '../language.ts'
import { cloudEventType, testCloudEvent } from '../services/test-event.ts'
import { subscribableByName } from '../services/published-events.ts'
import { signingSecrets } from '../services/secrets.ts'

/** An attempt at a delivery. */
type Attempt = { readonly deliveryId: DeliveryId; readonly attempt: number }
type Outcome = CommandOf<typeof delivery>
type Sending = Extract<DeliveryState, { readonly status: 'sending' }>

/** Spreads the pauses of different attempts evenly from 0 to 1, the same for each repetition. */
const jitterOf = ({ deliveryId, attempt }: Attempt): number =>
  parseInt(derivedUuid(deliveryId, String(attempt)).slice(0, 8), 16) / 0xffff_ffff

const failedFor = (attempt: Attempt, error: string, isFinal = false): Outcome => ({
  type: 'RecordFailedAttempt',
  data: { attempt: attempt.attempt, tookMs: 0, error, jitter: jitterOf(attempt), isFinal },
})

/** Returns the body of a request; undefined when the log has no such event that is published. */
const bodyOf = async (
  { webhookId, eventId, event, position }: Reference,
  since: string,
  { log }: Pick<JobPorts, 'log'>,
): Promise<string | undefined> => {
  if (position === undefined) return JSON.stringify(testCloudEvent(eventId, webhookId, since))
  const published = subscribableByName.get(event)
  const { events } = await log.readAll({ after: BigInt(position) - 1n, limit: 1 })
  const recorded = events.find((one) => one.eventId === eventId)
  return recorded && published?.bodyOf(recorded)
}

/** The command that records an outcome. */
const recordOf = (attempt: Attempt, made: WebhookOutcome, now: Date): Outcome => {
  const jitter = jitterOf(attempt)
  if (made.outcome === 'postponed') {
    const until = timeAt(now.getTime() + made.forMs * (1 + jitter))
    return { type: 'PostponeDelivery', data: { attempt: attempt.attempt, until } }
  }
  const { outcome, ...data } = { ...made, attempt: attempt.attempt }
  if (outcome === 'delivered') {
    const { status, tookMs } = made
    return {
      type: 'RecordDelivered',
      data: { attempt: attempt.attempt, tookMs, ...(status !== undefined && { status }) },
    }
  }
  const error = 'error' in made ? made.error : 'It failed.'
  return {
    type: 'RecordFailedAttempt',
    data: { ...data, error, jitter, isFinal: outcome === 'gone' },
  }
}

/** Makes an attempt, or decides against it. @throws Interrupted when the process stops before the request */
const attemptAt = async (
  attempt: Attempt,
  state: Sending,
  ports: Pick<JobPorts, 'executor' | 'log' | 'keys' | 'webhooks' | 'clock' | 'stopping'>,
): Promise<Outcome> => {
  const { state: endpoint } = await ports.executor.stateOf(webhook, state.webhookId)
  const now = ports.clock()
  if (endpoint.status === 'none' || endpoint.status === 'deleted')
    return { type: 'CancelDelivery', data: {} }
  // Retried once the webhook is active; a test is made all the same.
  if (endpoint.status !== 'active' && state.position !== undefined)
    return {
      type: 'PostponeDelivery',
      data: { attempt: attempt.attempt, until: now.toISOString() },
    }
  const body = await bodyOf(state, state.since, ports)
  if (body === undefined) return failedFor(attempt, 'The event is not published any more.', true)
  const made = await ports.webhooks.deliver({
    url: endpoint.url,
    id: state.eventId,
    at: now,
    contentType: cloudEventType,
    body,
    secrets: signingSecrets(ports.keys, state.webhookId, endpoint, now),
    stopping: ports.stopping,
  })
  // Another process makes it at once; a postponement would be recorded for nothing.
  if (made.outcome === 'postponed' && ports.stopping.aborted)
    throw new Interrupted('The process stops')
  return recordOf(attempt, made, ports.clock())
}

/**
 * Sends events to the endpoints of webhooks, and records the outcomes. A delivery is sent by one process at a time; after the
 * death of a process it is sent again, with the same id.
 */
export const sendDelivery = job({
  name: 'send-webhook',
  from: [delivery],
  on: {
    DeliveryRequested: ({ id: deliveryId }): Attempt => ({ deliveryId, attempt: 1 }),
    DeliveryRetried: ({ id: deliveryId, data: { attempt } }) => ({ deliveryId, attempt }),
    DeliveryReplayed: ({ id: deliveryId, data: { attempt } }) => ({ deliveryId, attempt }),
  },
  run: async (attempt: Attempt, origin, ports) => {
    const { deliveryId } = attempt
    const { state } = await ports.executor.stateOf(delivery, deliveryId)
    // Queued twice, or recorded before the process died.
    if (!isAttempted(state, attempt.attempt)) return
    const record = await attemptAt(attempt, state, ports)
    if (record.type === 'RecordFailedAttempt' && record.data.status === 410) {
      const disable = { type: 'DisableWebhook' as const, data: { reason: 'gone' as const } }
      const by = derivedOrigin(origin, 'disable')
      await ports.executor.execute(webhook, state.webhookId, disable, by)
    }
    await ports.executor.execute(delivery, deliveryId, record, derivedOrigin(origin, 'record'))
  },
  givenUp: async (attempt: Attempt, origin, _error, ports) => {
    const error = 'The process of the attempt died time and again, or could not record its end.'
    const { deliveryId } = attempt
    await ports.executor.execute(delivery, deliveryId, failedFor(attempt, error), origin)
  },
  // Room for the four requests that each of 50 endpoints may have under way, and for all that wait behind them, so that slow
  // endpoints do not delay others.
  options: { concurrency: 600, attempts: 5, backoff: 1_000 },
})
