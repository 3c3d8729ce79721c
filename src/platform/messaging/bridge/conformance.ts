import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { MessageRefused, type Bridge, type BridgeMessage } from './port.ts'
import type { BridgeFixture, Received } from './testing/fixtures.ts'

/** Messages over some keys; the body has what a CloudEvent has, and the key and the number of the message. */
const messages = (count: number, keys = 7): readonly BridgeMessage[] => {
  const stream = randomUUID()
  return Array.from({ length: count }, (_, at) => {
    const id = randomUUID()
    const key = `order-${stream}-${at % keys}`
    const [topic, names] = ['ordering.OrderPlaced', ['order_created']]
    return {
      id,
      key,
      topic,
      names,
      body: Buffer.from(JSON.stringify({ id, topic, names, key, at })),
    }
  })
}

const hasAll = (sent: readonly BridgeMessage[]) => (received: readonly Received[]) => {
  const ids = new Set(received.map(({ id }) => id))
  return sent.every(({ id }) => ids.has(id))
}

/** The bodies of messages without doubles, in order, by key. */
const orderOf = (sent: readonly { readonly id: string; readonly body: string | Buffer }[]) => {
  const seen = new Set<string>()
  const order = new Map<string, number[]>()
  for (const { id, body } of sent) {
    if (seen.has(id)) continue
    seen.add(id)
    const { key, at } = JSON.parse(String(body)) as { key: string; at: number }
    order.set(key, [...(order.get(key) ?? []), at])
  }
  return order
}

/** Publishes until the broker has confirmed, as the publisher of the runtime does. */
const publishAtLast = async (bridge: Bridge, batch: readonly BridgeMessage[]): Promise<void> => {
  for (;;)
    try {
      return await bridge.publish(batch)
    } catch (error) {
      expect(error).toBeInstanceOf(Unavailable)
      await pause(50)
    }
}

/**
 * Conformance suite of the bridges.
 * @param make starts a broker of its own
 */
export const bridgeConformance = (name: string, make: () => Promise<BridgeFixture>) =>
  describe(`a bridge to ${name}`, () => {
    let made: BridgeFixture
    beforeAll(async () => void (made = await make()), 120_000)
    afterAll(() => made?.[Symbol.asyncDispose]())

    const opened = () => {
      const bridge = made.open()
      return { bridge, [Symbol.asyncDispose]: () => bridge.close() }
    }
    const receivedOf = async (sent: readonly BridgeMessage[]) => {
      const ids = new Set(sent.map(({ id }) => id))
      return (await made.receive(hasAll(sent))).filter(({ id }) => ids.has(id))
    }

    test('publishes messages with their ids, topics, names and bodies', async () => {
      await using here = opened()
      const sent = messages(2)
      await here.bridge.publish(sent)
      const expected = sent.map(({ id, topic, names, body }) => ({
        id,
        topic,
        names,
        mediaType: 'application/cloudevents+json',
        body: body.toString(),
      }))
      // Those of different keys come in any order.
      const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)
      expect((await receivedOf(sent)).toSorted(byId)).toEqual(expected.toSorted(byId))
    })

    test('messages of a key stay in order, those of one publish and of several', async () => {
      await using here = opened()
      const sent = messages(300)
      await here.bridge.publish(sent.slice(0, 200))
      await here.bridge.publish(sent.slice(200))
      expect(orderOf(await receivedOf(sent))).toEqual(orderOf(sent))
    })

    test('a message that the broker refuses is named as such, and the next ones are taken', async () => {
      await using here = opened()
      const [large, ...others] = messages(3)
      const body = Buffer.alloc(made.tooLarge, 'x')
      await expect(here.bridge.publish([{ ...large!, body }])).rejects.toThrow(MessageRefused)
      await here.bridge.publish(others)
      expect(orderOf(await receivedOf(others))).toEqual(orderOf(others))
    })

    // Of these, one call has to follow the other.
    const hasLines = name !== 'memory' && name !== 'Kafka'
    test.runIf(hasLines)(
      'calls of a line overlap, and messages of a key stay in order; after a refusal none follows',
      async () => {
        await using here = opened()
        const line = here.bridge.line!()
        const sent = messages(400)
        const parts = [sent.slice(0, 100), sent.slice(100, 101), sent.slice(101)]
        await Promise.all(parts.map((part) => line.publish(part)))
        expect(orderOf(await receivedOf(sent))).toEqual(orderOf(sent))
        const [large, ...others] = messages(3)
        const body = Buffer.alloc(made.tooLarge, 'x')
        const ended = await Promise.allSettled([
          line.publish([{ ...large!, body }]),
          line.publish(others),
        ])
        expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
        await expect(line.publish(others)).rejects.toThrow(MessageRefused)
        await here.bridge.publish(others)
        expect(orderOf(await receivedOf(others))).toEqual(orderOf(others))
      },
    )

    test('an aborted signal ends a publish', async () => {
      await using here = opened()
      const reason = new Error('no longer wanted')
      await expect(here.bridge.publish(messages(1), AbortSignal.abort(reason))).rejects.toBe(reason)
    })

    // What is in this process can be neither killed nor hung.
    if (name === 'memory') return

    test('loses nothing when the broker is killed in mid-flow, and keeps the order', async () => {
      await using here = opened()
      const { service } = made
      const sent = messages(2_000, 31)
      const batches = Array.from({ length: 40 }, (_, at) => sent.slice(at * 50, at * 50 + 50))
      const outage = Promise.withResolvers<void>()
      for (const [at, batch] of batches.entries()) {
        // In the middle of a publish, not between two.
        if (at === 20)
          setImmediate(() => {
            service!.kill().then(service!.start).then(outage.resolve, outage.reject)
          })
        await publishAtLast(here.bridge, batch)
      }
      await outage.promise
      expect(orderOf(await receivedOf(sent))).toEqual(orderOf(sent))
    }, 60_000)

    test('a broker that hangs is not waited for longer than the signal allows', async () => {
      await using here = opened()
      const { service } = made
      await here.bridge.publish(messages(1))
      service!.hang()
      try {
        const stop = new AbortController()
        const published = here.bridge.publish(messages(20), stop.signal)
        setImmediate(() => stop.abort(new Error('no longer wanted')))
        await expect(published).rejects.toThrow('no longer wanted')
        await here.bridge.close()
        // Nor is a connection that cannot be opened.
        const late = new AbortController()
        const other = made.open()
        const never = other.publish(messages(1), late.signal)
        setImmediate(() => late.abort(new Error('no longer wanted')))
        await expect(never).rejects.toThrow('no longer wanted')
        await other.close()
      } finally {
        service!.resume()
      }
      const later = messages(20)
      await publishAtLast(here.bridge, later)
      expect(orderOf(await receivedOf(later))).toEqual(orderOf(later))
    }, 60_000)
  })
