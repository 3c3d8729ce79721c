import { setImmediate as turnOfEventLoop } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { watchCommits } from '../../../../test/support/commits.ts'
import { freshDatabase } from '../../../../test/support/postgres.ts'
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

    test('begin at 0 and move from their present position', async () => {
      const { checkpoints } = made
      expect(await checkpoints.load('follower')).toBe(0n)
      expect(await checkpoints.save('follower', 0n, 5n)).toBe(true)
      expect(await checkpoints.save('follower', 5n, 9_007_199_254_740_993n)).toBe(true)
      expect(await checkpoints.load('follower')).toBe(9_007_199_254_740_993n)
      expect(await checkpoints.save('follower', 9_007_199_254_740_993n, 2n ** 62n)).toBe(true)
      expect(await checkpoints.load('follower')).toBe(2n ** 62n)
    })

    test('are created once, and not again when they are at 0', async () => {
      const { checkpoints } = made
      await checkpoints.begin('begun', 4n)
      await checkpoints.begin('begun', 9n)
      expect(await checkpoints.load('begun')).toBe(4n)
      expect(await checkpoints.save('begun', 4n, 5n)).toBe(true)
      await checkpoints.begin('empty', 0n)
      await checkpoints.begin('empty', 9n)
      expect(await checkpoints.load('empty')).toBe(0n)
      expect(await checkpoints.save('empty', 0n, 3n)).toBe(true)
    })

    test('do not move from another than their present position', async () => {
      const { checkpoints } = made
      expect(await checkpoints.save('stray', 3n, 4n)).toBe(false)
      await checkpoints.save('stray', 0n, 7n)
      expect(await checkpoints.save('stray', 0n, 8n)).toBe(false)
      expect(await checkpoints.save('stray', 6n, 8n)).toBe(false)
      expect(await checkpoints.load('stray')).toBe(7n)
    })

    test('move independently of each other when saved at the same time', async () => {
      const { checkpoints } = made
      await Promise.all(['a', 'b', 'c'].map((name) => checkpoints.save(name, 0n, 5n)))
      const moves = [
        ['c', 5n, 6n],
        ['new', 0n, 4n],
        ['b', 4n, 6n],
        ['unknown', 4n, 6n],
        ['a', 5n, 7n],
      ] as const
      const answers = await Promise.all(
        moves.map(([name, from, to]) => checkpoints.save(name, from, to)),
      )
      expect(answers).toStrictEqual([true, true, false, false, true])
      const names = ['a', 'b', 'c', 'new', 'unknown']
      expect(await Promise.all(names.map(checkpoints.load))).toStrictEqual([7n, 5n, 6n, 4n, 0n])
    })

    test('move for one of many concurrent saves', async () => {
      const answers = await Promise.all(
        [1n, 2n, 3n, 4n].map((to) => made.checkpoints.save('race', 0n, to)),
      )
      expect(answers.filter(Boolean).length).toBe(1)
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

test('a checkpoint in PostgreSQL is committed asynchronously', async () => {
  await using fresh = await freshDatabase({ waits: true })
  const checkpoints = postgresCheckpoints(fresh.database)
  const commits = await watchCommits(fresh.database, 'agora.checkpoints')
  expect.assert(await checkpoints.save('follower', 0n, 5n))
  expect.assert(await checkpoints.save('follower', 5n, 6n))
  expect(await commits()).toStrictEqual(['off', 'off'])
})

/** Checkpoints in a database, with a count of the statements. */
const counted = async () => {
  const fresh = await freshDatabase()
  const sent = { statements: 0 }
  const checkpoints = postgresCheckpoints({
    ...fresh.database,
    query: (statement) => {
      sent.statements += 1
      return fresh.database.query(statement)
    },
  })
  return { checkpoints, sent, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() }
}

test('checkpoints that are saved at about the same time share one statement', async () => {
  await using world = await counted()
  const saved = ['saga:a', 'saga:b', 'jobs:c'].map(async (name, turns) => {
    for (let turn = 0; turn < turns; turn += 1) await turnOfEventLoop()
    return world.checkpoints.save(name, 0n, 5n)
  })
  expect(await Promise.all(saved)).toStrictEqual([true, true, true])
  expect(world.sent.statements).toBe(1)
})

test('checkpoints that share a statement are moved or refused one by one', async () => {
  await using world = await counted()
  const { checkpoints, sent } = world
  await checkpoints.save('moved', 0n, 3n)
  sent.statements = 0
  const saved = await Promise.all([
    checkpoints.save('a', 0n, 5n),
    checkpoints.save('moved', 2n, 5n),
    checkpoints.save('b', 0n, 6n),
    checkpoints.save('stray', 1n, 6n),
  ])
  expect(sent.statements).toBe(1)
  expect(saved).toStrictEqual([true, false, true, false])
  expect(
    await Promise.all(['a', 'moved', 'b', 'stray'].map((name) => checkpoints.load(name))),
  ).toStrictEqual([5n, 3n, 6n, 0n])
})
