import assert from 'node:assert/strict'
import { setImmediate as turnOfEventLoop } from 'node:timers/promises'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { watchCommits } from '../../../test/support/commits.ts'
import { freshDatabase } from '../../../test/support/postgres.ts'
import { memoryCheckpoints } from './memory.ts'
import type { Checkpoints } from './port.ts'
import { postgresCheckpoints } from './postgres.ts'

const checkpointsConformance = (
  name: string,
  make: () => Promise<{ checkpoints: Checkpoints; close: () => Promise<void> }>,
) =>
  describe(`checkpoints in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made.close())

    test('begin at 0 and move from where they are', async () => {
      const { checkpoints } = made
      assert.equal(await checkpoints.load('walker'), 0n)
      assert.equal(await checkpoints.save('walker', 0n, 5n), true)
      assert.equal(await checkpoints.save('walker', 5n, 9_007_199_254_740_993n), true)
      assert.equal(await checkpoints.load('walker'), 9_007_199_254_740_993n)
      assert.equal(await checkpoints.save('walker', 9_007_199_254_740_993n, 2n ** 62n), true)
      assert.equal(await checkpoints.load('walker'), 2n ** 62n)
    })

    test('do not move for one who believes them elsewhere', async () => {
      const { checkpoints } = made
      assert.equal(await checkpoints.save('stray', 3n, 4n), false)
      await checkpoints.save('stray', 0n, 7n)
      assert.equal(await checkpoints.save('stray', 0n, 8n), false)
      assert.equal(await checkpoints.save('stray', 6n, 8n), false)
      assert.equal(await checkpoints.load('stray'), 7n)
    })

    test('move each for itself, whoever moves at the same time', async () => {
      const { checkpoints } = made
      await Promise.all(['a', 'b', 'c'].map((name) => checkpoints.save(name, 0n, 5n)))
      const moves = [
        ['c', 5n, 6n],
        ['new', 0n, 4n],
        ['b', 4n, 6n],
        ['unknown', 4n, 6n],
        ['a', 5n, 7n],
        ['a', 7n, 8n],
      ] as const
      const answers = await Promise.all(
        moves.map(([name, from, to]) => checkpoints.save(name, from, to)),
      )
      assert.deepEqual(answers, [true, true, false, false, true, true])
      const names = ['a', 'b', 'c', 'new', 'unknown']
      assert.deepEqual(await Promise.all(names.map(checkpoints.load)), [8n, 5n, 6n, 4n, 0n])
    })

    test('move for one of many who try at once', async () => {
      const answers = await Promise.all(
        [1n, 2n, 3n, 4n].map((to) => made.checkpoints.save('race', 0n, to)),
      )
      assert.equal(answers.filter(Boolean).length, 1)
    })
  })

checkpointsConformance('memory', async () => ({
  checkpoints: memoryCheckpoints(),
  close: async () => undefined,
}))

checkpointsConformance('PostgreSQL', async () => {
  const fresh = await freshDatabase()
  return {
    checkpoints: postgresCheckpoints(fresh.database),
    close: async () => fresh[Symbol.asyncDispose](),
  }
})

test('a checkpoint in PostgreSQL does not wait for the disk', async () => {
  await using fresh = await freshDatabase({ waits: true })
  const checkpoints = postgresCheckpoints(fresh.database)
  const commits = await watchCommits(fresh.database, 'agora.checkpoints')
  assert.ok(await checkpoints.save('walker', 0n, 5n))
  assert.ok(await checkpoints.save('walker', 5n, 6n))
  assert.deepEqual(await commits(), ['off', 'off'])
})

test('checkpoints in PostgreSQL that move at about the same time are saved by one statement', async () => {
  await using fresh = await freshDatabase()
  let statements = 0
  const checkpoints = postgresCheckpoints({
    ...fresh.database,
    query: (...asked) => {
      statements += 1
      return fresh.database.query(...asked)
    },
  })
  const names = ['saga:a', 'saga:b', 'jobs:c']
  const saved = names.map(async (name, turns) => {
    for (let turn = 0; turn < turns; turn += 1) await turnOfEventLoop()
    return checkpoints.save(name, 0n, 5n)
  })
  assert.deepEqual(await Promise.all(saved), [true, true, true])
  assert.equal(statements, 1)
})
