import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import type { ProcessBus } from './port.ts'
import type { ProcessBusFixture } from './testing/fixtures.ts'

const receivedBy = (bus: ProcessBus, topic: string): unknown[] => {
  const messages: unknown[] = []
  bus.subscribe(topic, (message) => void messages.push(message))
  return messages
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n)

/**
 * Conformance suite of the process buses.
 * @param make creates a store for each test
 * @param options.store whether there is a store that may fail; then the tests of outages run as well
 */
export const processBusConformance = (
  name: string,
  make: () => Promise<ProcessBusFixture>,
  { store }: { readonly store: boolean },
) =>
  describe(`a process bus in ${name}`, () => {
    /** Memory does not fail. */
    const stores = store ? ['the store'] : []
    let fixture: ProcessBusFixture
    beforeEach(async () => void (fixture = await make()))
    afterEach(() => fixture[Symbol.asyncDispose]())

    /** Waits until every list has as many messages. */
    const allReceived = async (count: number, ...lists: readonly (readonly unknown[])[]) => {
      for (const list of lists)
        await expect.poll(() => list.length, { timeout: 120_000 }).toBeGreaterThanOrEqual(count)
    }

    test('every process receives each message of one sender once and in order', async () => {
      const [one, two, three] = [await fixture.open(), await fixture.open(), await fixture.open()]
      const lists = [receivedBy(one, 'topic'), receivedBy(two, 'topic'), receivedBy(three, 'topic')]
      await Promise.all(numbers(500).map((n) => one.publish('topic', n)))
      await two.publish('topic', 'end')
      await allReceived(501, ...lists)
      for (const list of lists) expect(list).toEqual([...numbers(500), 'end'])
    })

    test('messages of concurrent senders are received once, in the order of each sender', async () => {
      const senders = await Promise.all(numbers(4).map(() => fixture.open()))
      const list = receivedBy(await fixture.open(), 'topic')
      await Promise.all(
        senders.flatMap((sender, from) =>
          numbers(100).map((n) => sender.publish('topic', { from, n })),
        ),
      )
      await allReceived(400, list)
      const by = Map.groupBy(list, (message) => (message as { from: number }).from)
      for (const from of numbers(4))
        expect(by.get(from)).toEqual(numbers(100).map((n) => ({ from, n })))
    })

    test('a message is any JSON value, of any size', async () => {
      const [one, two] = [await fixture.open(), await fixture.open()]
      const list = receivedBy(two, 'topic')
      const messages = [
        { text: 'ä\u0001"\\ ☕', list: [1, null, { deep: true }] },
        { text: 'x'.repeat(1_000_000) },
        'nul: \u0000',
        null,
      ]
      for (const message of messages) await one.publish('topic', message)
      await allReceived(messages.length, list)
      expect(list).toEqual(messages)
    })

    test('a listener receives messages of its topic only', async () => {
      const [one, two] = [await fixture.open(), await fixture.open()]
      const [topic, other] = [receivedBy(two, 'topic'), receivedBy(two, 'other')]
      await one.publish('other', 1)
      await one.publish('topic', 2)
      await one.publish('other', 3)
      await allReceived(2, other)
      expect([topic, other]).toEqual([[2], [1, 3]])
    })

    test('a listener receives no messages from before it subscribed, nor from after it unsubscribed', async () => {
      const one = await fixture.open()
      await one.publish('topic', 'before')
      const two = await fixture.open()
      const all = receivedBy(two, 'topic')
      const some: unknown[] = []
      const end = two.subscribe('topic', (message) => void some.push(message))
      await one.publish('topic', 'then')
      await allReceived(1, some)
      end()
      await one.publish('topic', 'after')
      await allReceived(2, all)
      expect(all).toEqual(['then', 'after'])
      expect(some).toEqual(['then'])
    })

    test('the error of a listener is reported, and other listeners receive the message', async () => {
      const errors: unknown[] = []
      const one = await fixture.open({ onError: (error) => errors.push(error) })
      one.subscribe('topic', () => {
        throw new Error('it fails')
      })
      const list = receivedBy(one, 'topic')
      await one.publish('topic', 1)
      await one.publish('topic', 2)
      await allReceived(2, list)
      expect(errors.map(String)).toEqual(['Error: it fails', 'Error: it fails'])
    })

    test('pending messages are sent before it closes; a closed bus neither receives nor sends', async () => {
      const [one, two] = [await fixture.open(), await fixture.open()]
      const [own, list] = [receivedBy(one, 'topic'), receivedBy(two, 'topic')]
      const published = one.publish('topic', 'last')
      await one.close()
      await published
      await allReceived(1, list)
      const before = own.length
      await two.publish('topic', 'more')
      await allReceived(2, list)
      expect(own).toHaveLength(before)
      await expect(one.publish('topic', 'never')).rejects.toThrow(Unavailable)
    })

    test.each(stores)('no message is lost or received twice over an outage of %s', async () => {
      const [one, two] = [await fixture.open(), await fixture.open()]
      const [own, list] = [receivedBy(one, 'topic'), receivedBy(two, 'topic')]
      const published = numbers(50).map((n) => one.publish('topic', n))
      await allReceived(1, list)
      await fixture.outage?.begin()
      published.push(...numbers(50, 50).map((n) => one.publish('topic', n)))
      await fixture.outage?.end()
      published.push(...numbers(50, 100).map((n) => one.publish('topic', n)))
      await Promise.all(published)
      await allReceived(150, own, list)
      for (const received of [own, list]) expect(received).toEqual(numbers(150))
    })

    test.each(stores)('a sender gets an error when %s is unavailable for too long', async () => {
      const one = await fixture.open({ timeoutMs: 100 })
      await fixture.outage?.begin()
      await expect(one.publish('topic', 'lost')).rejects.toThrow(Unavailable)
      await fixture.outage?.end()
      const list = receivedBy(one, 'topic')
      await expect
        .poll(
          () =>
            one.publish('topic', 'found').then(
              () => true,
              () => false,
            ),
          { timeout: 120_000 },
        )
        .toBe(true)
      await allReceived(1, list)
      expect(new Set(list)).toEqual(new Set(['found']))
    })

    test.each(stores)('closes in time while %s is unavailable', async () => {
      const one = await fixture.open()
      await fixture.outage?.begin()
      const published = one.publish('topic', 'lost')
      published.catch(() => undefined)
      await one.close()
      await expect(published).rejects.toThrow(Unavailable)
      await fixture.outage?.end()
    })
  })
