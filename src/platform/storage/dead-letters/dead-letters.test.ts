import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { memoryDeadLetters } from './memory.ts'
import type { DeadLetters, Follower } from './port.ts'
import { postgresDeadLetters } from './postgres.ts'

const deadLettersConformance = (
  name: string,
  make: () => Promise<{ letters: DeadLetters; close: () => Promise<void> }>,
) =>
  describe(`dead letters in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made.close())

    const orders: Follower = { kind: 'projection', name: 'orders', generation: 1 }
    const letter = { key: 'o-1', position: 7n, type: 'OrderPlaced', error: 'broken rule' }

    test('are stored for each follower until they are resolved', async () => {
      const { letters } = made
      await letters.park(orders, letter)
      await letters.park({ ...orders, generation: 2 }, letter)
      const [found, ...others] = await letters.list(orders)
      expect(others).toStrictEqual([])
      expect({ ...found, id: '', at: '' }).toStrictEqual({
        ...orders,
        ...letter,
        attempts: 1,
        id: '',
        at: '',
      })
      expect((await letters.list()).length).toBe(2)
      await letters.resolve(found!.id)
      expect(await letters.list(orders)).toStrictEqual([])
    })

    test('are read by several followers at once, each its own', async () => {
      const { letters } = made
      const [first, second, none] = ['first', 'second', 'none'].map((name) => ({ ...orders, name }))
      await letters.park(first!, { ...letter, key: 'a' })
      await letters.park(first!, { ...letter, key: 'b' })
      await letters.park(second!, { ...letter, key: 'c' })
      const [one] = await letters.list(second)
      await letters.requestRetry(one!.id)
      const found = await Promise.all([
        letters.requested(first!),
        letters.list(first),
        letters.requested(second!),
        letters.list(none),
      ])
      expect(found.map((some) => some.map(({ key }) => key).toSorted())).toStrictEqual([
        [],
        ['a', 'b'],
        ['c'],
        [],
      ])
      for (const { id } of found.flat()) await letters.resolve(id)
    })

    test('are counted by kind and name', async () => {
      const { letters } = made
      const stuck: Follower = { kind: 'saga', name: 'stuck', generation: 0 }
      const before = await letters.counts()
      expect(before.filter(({ name }) => name === 'stuck' || name === 'flood')).toStrictEqual([])
      await letters.park(stuck, letter)
      const keys = Array.from({ length: 20 }, (_, nth) => `k-${nth}`)
      const flood: Follower = { ...orders, name: 'flood' }
      await Promise.all(keys.map((key) => letters.park(flood, { ...letter, key })))
      const after = await letters.counts()
      expect(after).toContainEqual({ kind: 'saga', name: 'stuck', count: 1 })
      expect(after).toContainEqual({ kind: 'projection', name: 'flood', count: 20 })
    })

    test('keep the position of the first failure, and count the attempts', async () => {
      const { letters } = made
      const saga: Follower = { kind: 'saga', name: 'fulfilment', generation: 0 }
      await letters.park(saga, letter)
      await letters.park(saga, { ...letter, position: 9n, type: 'OrderPaid', error: 'still' })
      const [found] = await letters.list(saga)
      expect([found?.position, found?.type, found?.error, found?.attempts]).toStrictEqual([
        7n,
        'OrderPlaced',
        'still',
        2,
      ])
    })

    test('become the request of an operator in one step, and keep the position of the failure', async () => {
      const { letters } = made
      const carts: Follower = { kind: 'projection', name: 'carts', generation: 2 }
      const request = { position: 12n, type: 'refold', error: 'Requested' }
      await letters.park(carts, letter)
      await letters.park(carts, letter)
      await letters.request(carts, { key: letter.key, ...request })
      await letters.request(carts, { key: 'o-2', ...request })
      const requested = await letters.requested(carts)
      const seen = requested.map(({ key, position, type, error, attempts }) => [
        key,
        position,
        type,
        error,
        attempts,
      ])
      expect(seen.toSorted(([a], [b]) => String(a).localeCompare(String(b)))).toStrictEqual([
        ['o-1', 7n, 'refold', 'Requested', 1],
        ['o-2', 12n, 'refold', 'Requested', 1],
      ])
      expect((await letters.list(carts)).length).toBe(2)
    })

    test('move on to a later event of their key, without the request', async () => {
      const { letters } = made
      const bridge: Follower = { kind: 'bridge', name: 'kafka', generation: 0 }
      await letters.park(bridge, letter)
      const [before] = await letters.list(bridge)
      expect(await letters.requestSkip(before!.id, letter.position)).toBe(true)
      const to = { position: 9n, type: 'OrderPaid', error: 'too large' }
      await letters.advance(before!.id, to)
      expect(await letters.list(bridge)).toMatchObject([{ ...to, key: letter.key, attempts: 1 }])
      expect(await letters.requested(bridge)).toStrictEqual([])
      await letters.resolve(before!.id)
    })

    const parkedBridge = async (name: string) => {
      const bridge: Follower = { kind: 'bridge', name, generation: 0 }
      await made.letters.park(bridge, letter)
      const [{ id } = { id: '' }] = await made.letters.list(bridge)
      const seen = async () =>
        (await made.letters.requested(bridge)).map(({ type, position }) => [type, position])
      return { letters: made.letters, bridge, id, seen }
    }

    test('are found by id', async () => {
      const { letters, bridge, id } = await parkedBridge('found')
      expect(await letters.find(id)).toMatchObject({ ...bridge, ...letter })
      expect(await letters.find('00000000-0000-4000-8000-000000000000')).toBeUndefined()
      expect(await letters.find('no id of a letter')).toBeUndefined()
    })

    test('are skipped where they stand alone, those of bridges alone, and never come back', async () => {
      const { letters, bridge, id, seen } = await parkedBridge('skipped')
      expect(await letters.requestSkip(id, 8n)).toBe(false)
      expect(await seen()).toStrictEqual([])
      expect(await letters.requestSkip(id, 7n)).toBe(true)
      expect(await letters.requestSkip(id, 7n)).toBe(true)
      expect(await seen()).toStrictEqual([['skip', 7n]])
      expect(await letters.list(bridge)).toMatchObject([{ error: letter.error }])
      await letters.advance(id, { position: 9n, type: 'OrderPaid', error: 'too large' })
      expect(await letters.requestSkip(id, 7n)).toBe(false)
      await letters.resolve(id)
      expect(await letters.requestSkip(id, 9n)).toBe(false)
      expect(await letters.requestSkip('no id of a letter', 9n)).toBe(false)
      expect(await letters.list(bridge)).toStrictEqual([])
      const saga: Follower = { kind: 'saga', name: 'skipped', generation: 0 }
      await letters.park(saga, letter)
      const [other] = await letters.list(saga)
      expect(await letters.requestSkip(other!.id, letter.position)).toBe(false)
      expect(await letters.requested(saga)).toStrictEqual([])
    })

    test('are retried, not skipped, once a retry was requested in place of a skip', async () => {
      const { letters, bridge, id, seen } = await parkedBridge('retried')
      await letters.requestSkip(id, 7n)
      await letters.requestRetry(id)
      expect(await seen()).toStrictEqual([['retry', 7n]])
      await letters.park(bridge, letter, 'retry')
      expect(await seen()).toStrictEqual([])
      expect(await letters.list(bridge)).toMatchObject([{ type: letter.type, attempts: 2 }])
    })

    test('keep a request that came after the one that failed', async () => {
      const { letters, bridge, id, seen } = await parkedBridge('crossed')
      await letters.requestRetry(id)
      await letters.requestSkip(id, 7n)
      await letters.park(bridge, letter, letter.type)
      expect(await seen()).toStrictEqual([['skip', 7n]])
      // Without one that is answered, none stays, nor its kind.
      await letters.park(bridge, letter)
      await letters.requestRetry(id)
      expect(await seen()).toStrictEqual([[letter.type, 7n]])
    })

    test('are retried once for each request of an operator', async () => {
      const { letters } = made
      const stock: Follower = { kind: 'projection', name: 'inventory', generation: 3 }
      await letters.park(stock, letter)
      expect(await letters.requested(stock)).toStrictEqual([])
      const [found] = await letters.list(stock)
      expect(await letters.requestRetry(found!.id)).toBe(true)
      expect((await letters.requested(stock)).map(({ key }) => key)).toStrictEqual(['o-1'])
      await letters.park(stock, letter)
      expect(await letters.requested(stock)).toStrictEqual([])
      expect(await letters.requestRetry('00000000-0000-4000-8000-000000000000')).toBe(false)
      expect(await letters.requestRetry('no id of a letter')).toBe(false)
    })
  })

deadLettersConformance('memory', async () => ({
  letters: memoryDeadLetters(),
  close: async () => undefined,
}))

deadLettersConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    letters: postgresDeadLetters(fresh.database),
    close: async () => fresh[Symbol.asyncDispose](),
  }
})
