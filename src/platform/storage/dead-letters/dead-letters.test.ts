import assert from 'node:assert/strict'
import { afterAll, beforeAll, describe, test } from 'vitest'
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

    test('are kept until they are resolved, each follower its own', async () => {
      const { letters } = made
      await letters.park(orders, letter)
      await letters.park({ ...orders, generation: 2 }, letter)
      const [kept, ...others] = await letters.list(orders)
      assert.deepEqual(others, [])
      assert.deepEqual(
        { ...kept, id: '', at: '' },
        { ...orders, ...letter, attempts: 1, id: '', at: '' },
      )
      assert.equal((await letters.list()).length, 2)
      await letters.resolve(kept!.id)
      assert.deepEqual(await letters.list(orders), [])
    })

    test('keep their place and count the attempts', async () => {
      const { letters } = made
      const saga: Follower = { kind: 'saga', name: 'fulfilment', generation: 0 }
      await letters.park(saga, letter)
      await letters.park(saga, { ...letter, position: 9n, type: 'OrderPaid', error: 'still' })
      const [kept] = await letters.list(saga)
      assert.deepEqual(
        [kept?.position, kept?.type, kept?.error, kept?.attempts],
        [7n, 'OrderPlaced', 'still', 2],
      )
    })

    test('are tried again when a person asks, once', async () => {
      const { letters } = made
      const stock: Follower = { kind: 'projection', name: 'inventory', generation: 3 }
      await letters.park(stock, letter)
      assert.deepEqual(await letters.requested(stock), [])
      const [kept] = await letters.list(stock)
      assert.equal(await letters.requestRetry(kept!.id), true)
      assert.deepEqual(
        (await letters.requested(stock)).map(({ key }) => key),
        ['o-1'],
      )
      await letters.park(stock, letter)
      assert.deepEqual(await letters.requested(stock), [])
      assert.equal(await letters.requestRetry('00000000-0000-4000-8000-000000000000'), false)
      assert.equal(await letters.requestRetry('no id of a letter'), false)
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
