import shared from '@eventstore/db-client/generated/shared_pb.js'
import { START } from '@eventstore/db-client'
import { expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import { rawRead, requestOf, served } from './testing/served.ts'

/** A log of `size` events that counts the pages read from it and its open subscriptions. */
const countingLog = (size: number) => {
  const memory = memoryEventLog()
  const event: Omit<RecordedEvent, 'position' | 'revision' | 'eventId'> = {
    type: 'OrderPlaced',
    data: { note: 'x'.repeat(1_000) },
    stream: 'order-1',
    id: '1',
    at: '2030-01-01T00:00:00.000Z',
    metadata: {
      correlationId: 'a',
      causationId: 'a',
      commandId: 'a',
      actorId: 'a',
      schemaVersion: 1,
    },
  }
  const seen = { pages: 0, subscriptions: 0 }
  const log: typeof memory = {
    ...memory,
    head: async () => BigInt(size),
    subscribe: async function* (after, { signal, limit = 1_000 } = {}) {
      seen.subscriptions += 1
      try {
        for (let from = Number(after); from < size && !signal?.aborted; from += limit) {
          seen.pages += 1
          const events = Array.from({ length: limit }, (_, index) => ({
            ...event,
            eventId: `00000000-0000-4000-8000-${String(from + index).padStart(12, '0')}`,
            position: BigInt(from + index + 1),
            revision: from + index,
          }))
          yield { events, position: BigInt(from + limit), caughtUp: from + limit >= size }
        }
        if (signal && !signal.aborted)
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
      } finally {
        seen.subscriptions -= 1
      }
    },
  }
  return { log, seen }
}

const subscribeToAll = requestOf((options, { AllOptions, SubscriptionOptions }) => {
  options.setAll(new AllOptions().setStart(new shared.Empty()))
  options.setSubscription(new SubscriptionOptions())
})

test('the log is not read further for a reader that pauses', async () => {
  const size = 15_000
  const { log, seen } = countingLog(size)
  const { endpoint } = await served({ log })
  const call = rawRead(endpoint.port, subscribeToAll)
  call.on('error', () => undefined)
  let received = 0
  const paused = new Promise<void>((resolve) =>
    call.on('data', () => {
      received += 1
      if (received !== 10) return
      call.pause()
      resolve()
    }),
  )
  await paused
  // Other readers are served meanwhile.
  const other = rawRead(endpoint.port, subscribeToAll)
  let others = 0
  other.on('error', () => undefined).on('data', () => (others += 1))
  await expect.poll(() => others).toBeGreaterThan(size)
  const pages = seen.pages - size / 500
  expect(pages).toBeLessThan(10)
  expect(received).toBeLessThan(5_000)

  call.resume()
  await expect.poll(() => received).toBeGreaterThan(size)
  call.cancel()
  other.cancel()
})

test('a paused reader that cancels its call closes its subscription to the log', async () => {
  const { log, seen } = countingLog(50_000)
  const { endpoint } = await served({ log })
  const call = rawRead(endpoint.port, subscribeToAll)
  call.on('error', () => undefined)
  call.once('data', () => call.pause())
  await expect.poll(() => seen.subscriptions).toBe(1)
  call.cancel()
  await expect.poll(() => seen.subscriptions).toBe(0)
})

test('a cancelled filtered read stops reading the log, also where no event matched', async () => {
  const memory = memoryEventLog()
  const held = Promise.withResolvers<void>()
  let pages = 0
  const log: typeof memory = {
    ...memory,
    readAll: async ({ after = 0n, limit = 1_000 } = {}) => {
      pages += 1
      if (pages > 3) await held.promise
      return { events: [], position: after + BigInt(limit), caughtUp: pages > 1_000 }
    },
  }
  const { endpoint } = await served({ log })
  const request = requestOf((options, { AllOptions, FilterOptions }) => {
    options.setAll(new AllOptions().setStart(new shared.Empty())).setCount('1')
    const expression = new FilterOptions.Expression().setRegex('never$')
    options.setFilter(new FilterOptions().setMax(32).setEventType(expression))
  })
  const call = rawRead(endpoint.port, request)
  let failure: unknown
  const over = new Promise((resolve) => call.once('error', resolve)).then((error) => {
    failure = error
  })
  await expect.poll(() => [pages, failure]).toEqual([4, undefined])
  call.cancel()
  await over
  // Once another call has ended, the server has processed the cancellation.
  const other = rawRead(
    endpoint.port,
    requestOf(() => undefined),
  )
  await new Promise((resolve) => other.on('data', () => undefined).once('error', resolve))
  held.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(pages).toBeLessThan(10)
})

test('a subscription that fails closes its subscription to the log', async () => {
  const { log, seen } = countingLog(500)
  const masked = () => {
    throw new Error('unexpected error')
  }
  const { client } = await served({ log, masked, writable: false })
  const errors: Error[] = []
  client.subscribeToAll({ fromPosition: START }).on('error', (error) => errors.push(error))
  await expect.poll(() => errors).toMatchObject([{ code: 13 }])
  await expect.poll(() => seen.subscriptions).toBe(0)
})

test('a subscription that the client ends closes its subscription to the log', async () => {
  const { log, seen } = countingLog(500)
  const { client } = await served({ log })
  const subscription = client.subscribeToAll({ fromPosition: START })
  let received = 0
  subscription.on('data', () => (received += 1))
  await expect.poll(() => received).toBe(500)
  expect(seen.subscriptions).toBe(1)
  await subscription.unsubscribe()
  await expect.poll(() => seen.subscriptions).toBe(0)
})
