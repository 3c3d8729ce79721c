import {
  jsonEvent,
  type EventStoreDBClient,
  type PersistentAction,
  type PersistentSubscriptionToAll,
  type PersistentSubscriptionToStream,
} from '@eventstore/db-client'
import { expect, onTestFinished } from 'vitest'
import { memoryConsumerGroups } from '../../../platform/messaging/consumer-groups/memory.ts'
import type { ConsumerGroups } from '../../../platform/messaging/consumer-groups/port.ts'
import type { EndpointOptions } from '../endpoint.ts'
import { served } from './served.ts'

/** Serves a log as `served` does, with persistent subscriptions that the endpoint leads until `resign`. */
export const led = async (options: Partial<EndpointOptions> = {}) => {
  const groups: ConsumerGroups = options.groups ?? memoryConsumerGroups()
  const { endpoint, client, log } = await served({ ...options, groups })
  const stop = new AbortController()
  const leading = endpoint.groups?.lead(
    { signal: stop.signal, isHeld: () => !stop.signal.aborted },
    { host: '127.0.0.1', port: endpoint.port },
  )
  const resign = async (): Promise<void> => {
    stop.abort()
    await leading
  }
  onTestFinished(resign)
  await expect.poll(() => groups.leader()).toMatchObject({ port: endpoint.port })
  return { endpoint, client, log, groups, resign }
}

type Subscription = PersistentSubscriptionToAll | PersistentSubscriptionToStream

/** A consumer that records what it gets. */
export type RecordingConsumer = {
  /** Revisions and streams of the events, in the order in which they came. */
  readonly got: string[]
  readonly retries: number[]
  readonly errors: unknown[]
  readonly subscription: Subscription
}

/** What a consumer does with an event: acknowledges it, hands it back, or nothing. */
export type Answering = (event: string, retryCount: number) => 'ack' | PersistentAction | 'hang'

/** Has a consumer answer what it gets. */
export const consuming = (
  subscription: Subscription,
  answering: Answering = () => 'ack',
): RecordingConsumer => {
  const consumer: RecordingConsumer = { got: [], retries: [], errors: [], subscription }
  subscription
    .on('data', (resolved) => {
      const event = `${resolved.event?.streamId}@${resolved.event?.revision}`
      consumer.got.push(event)
      consumer.retries.push(resolved.retryCount)
      const answer = answering(event, resolved.retryCount)
      if (answer === 'hang') return
      const sent =
        answer === 'ack'
          ? subscription.ack(resolved)
          : subscription.nack(answer, 'cannot be handled', resolved)
      sent.catch((error: unknown) => consumer.errors.push(error))
    })
    .on('error', (error: unknown) => consumer.errors.push(error))
  return consumer
}

/** Appends events to a stream, and returns their names as consumers record them. */
export const appended = async (
  client: Pick<EventStoreDBClient, 'appendToStream'>,
  stream: string,
  count: number,
  type = 'OrderPlaced',
): Promise<readonly string[]> => {
  const { nextExpectedRevision } = await client.appendToStream(
    stream,
    Array.from({ length: count }, (_, nth) => jsonEvent({ type, data: { nth } })),
  )
  return Array.from(
    { length: count },
    (_, nth) => `${stream}@${Number(nextExpectedRevision) - count + 1 + nth}`,
  )
}
