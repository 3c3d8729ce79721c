import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import type { Between } from './port.ts'
import type { BetweenFixture } from './testing/fixtures.ts'

const heardBy = (between: Between, topic: string): unknown[] => {
  const messages: unknown[] = []
  between.hear(topic, (message) => void messages.push(message))
  return messages
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n)

/**
 * The promises of the port; every adapter keeps them.
 * @param make a store of its own for each test
 * @param options.store whether there is a store that may go away; then the promises about that hold as well
 */
export const betweenConformance = (
  name: string,
  make: () => Promise<BetweenFixture>,
  { store }: { readonly store: boolean },
) =>
  describe(`between processes by ${name}`, () => {
    /** Memory does not go away. */
    const stores = store ? ['the store'] : []
    let fixture: BetweenFixture
    beforeEach(async () => void (fixture = await make()))
    afterEach(() => fixture[Symbol.asyncDispose]())

    /** Waits until everybody has heard as much. */
    const allHeard = async (count: number, ...lists: readonly (readonly unknown[])[]) => {
      for (const list of lists)
        await expect.poll(() => list.length, { timeout: 120_000 }).toBeGreaterThanOrEqual(count)
    }

    test('everybody hears what one tells, once and in order', async () => {
      const [one, two, three] = [await fixture.open(), await fixture.open(), await fixture.open()]
      const lists = [heardBy(one, 'tea'), heardBy(two, 'tea'), heardBy(three, 'tea')]
      await Promise.all(numbers(500).map((n) => one.tell('tea', n)))
      await two.tell('tea', 'end')
      await allHeard(501, ...lists)
      for (const list of lists) expect(list).toEqual([...numbers(500), 'end'])
    })

    test('what several tell at once comes once, each in their order', async () => {
      const tellers = await Promise.all(numbers(4).map(() => fixture.open()))
      const list = heardBy(await fixture.open(), 'tea')
      await Promise.all(
        tellers.flatMap((teller, who) => numbers(100).map((n) => teller.tell('tea', { who, n }))),
      )
      await allHeard(400, list)
      const by = Map.groupBy(list, (message) => (message as { who: number }).who)
      for (const who of numbers(4))
        expect(by.get(who)).toEqual(numbers(100).map((n) => ({ who, n })))
    })

    test('a message is what JSON can say, however big', async () => {
      const [one, two] = [await fixture.open(), await fixture.open()]
      const list = heardBy(two, 'tea')
      const messages = [
        { text: 'ä\u0001"\\ ☕', list: [1, null, { deep: true }] },
        { text: 'x'.repeat(1_000_000) },
        'nul: \u0000',
        null,
      ]
      for (const message of messages) await one.tell('tea', message)
      await allHeard(messages.length, list)
      expect(list).toEqual(messages)
    })

    test('who listens for one topic hears of no other', async () => {
      const [one, two] = [await fixture.open(), await fixture.open()]
      const [tea, coffee] = [heardBy(two, 'tea'), heardBy(two, 'coffee')]
      await one.tell('coffee', 1)
      await one.tell('tea', 2)
      await one.tell('coffee', 3)
      await allHeard(2, coffee)
      expect([tea, coffee]).toEqual([[2], [1, 3]])
    })

    test('what came before is not heard by who begins to listen, nor what comes after by who has ended it', async () => {
      const one = await fixture.open()
      await one.tell('tea', 'before')
      const two = await fixture.open()
      const all = heardBy(two, 'tea')
      const some: unknown[] = []
      const end = two.hear('tea', (message) => void some.push(message))
      await one.tell('tea', 'then')
      await allHeard(1, some)
      end()
      await one.tell('tea', 'after')
      await allHeard(2, all)
      expect(all).toEqual(['then', 'after'])
      expect(some).toEqual(['then'])
    })

    test('a listener that fails is told of, and keeps nobody else from hearing', async () => {
      const errors: unknown[] = []
      const one = await fixture.open({ onError: (error) => errors.push(error) })
      one.hear('tea', () => {
        throw new Error('no tea')
      })
      const list = heardBy(one, 'tea')
      await one.tell('tea', 1)
      await one.tell('tea', 2)
      await allHeard(2, list)
      expect(errors.map(String)).toEqual(['Error: no tea', 'Error: no tea'])
    })

    test('what was told goes out before it ends; who has ended hears no more and tells no more', async () => {
      const [one, two] = [await fixture.open(), await fixture.open()]
      const [own, list] = [heardBy(one, 'tea'), heardBy(two, 'tea')]
      const told = one.tell('tea', 'last')
      await one.close()
      await told
      await allHeard(1, list)
      const before = own.length
      await two.tell('tea', 'more')
      await allHeard(2, list)
      expect(own).toHaveLength(before)
      await expect(one.tell('tea', 'never')).rejects.toThrow(Unavailable)
    })

    test.each(stores)('nothing is lost or comes twice when %s goes and is back', async () => {
      const [one, two] = [await fixture.open(), await fixture.open()]
      const [own, list] = [heardBy(one, 'tea'), heardBy(two, 'tea')]
      const told = numbers(50).map((n) => one.tell('tea', n))
      await allHeard(1, list)
      await fixture.outage?.begin()
      told.push(...numbers(50, 50).map((n) => one.tell('tea', n)))
      await fixture.outage?.end()
      told.push(...numbers(50, 100).map((n) => one.tell('tea', n)))
      await Promise.all(told)
      await allHeard(150, own, list)
      for (const heard of [own, list]) expect(heard).toEqual(numbers(150))
    })

    test.each(stores)('who tells hears when %s was away for too long', async () => {
      const one = await fixture.open({ patience: 100 })
      await fixture.outage?.begin()
      await expect(one.tell('tea', 'lost')).rejects.toThrow(Unavailable)
      await fixture.outage?.end()
      const list = heardBy(one, 'tea')
      await expect
        .poll(
          () =>
            one.tell('tea', 'found').then(
              () => true,
              () => false,
            ),
          { timeout: 120_000 },
        )
        .toBe(true)
      await allHeard(1, list)
      expect(new Set(list)).toEqual(new Set(['found']))
    })

    test.each(stores)('ends in time while %s is away', async () => {
      const one = await fixture.open()
      await fixture.outage?.begin()
      const told = one.tell('tea', 'lost')
      told.catch(() => undefined)
      await one.close()
      await expect(told).rejects.toThrow(Unavailable)
      await fixture.outage?.end()
    })
  })
