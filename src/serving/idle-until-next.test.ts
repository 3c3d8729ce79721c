import { expect, test } from 'vitest'
import { jobs } from '../projections/index.ts'
import { NotCaughtUp, type ReadModels } from '../runtime/reading.ts'
import { idleUntilNext } from './idle-until-next.ts'

const now = '2030-01-01T00:00:00.000Z'
const dueIn = async (find: () => Promise<unknown>) =>
  idleUntilNext(jobs, 'wakeAt', now, { readModels: { find } as unknown as ReadModels }).dueIn()

test('a chore is idle until the first due time of the read model', async () => {
  const documents = [{ wakeAt: '2030-01-01T00:01:00.000Z' }]
  expect(await dueIn(async () => ({ documents }))).toBe(60_000)
})

test('a chore is idle until there is an event where nothing waits', async () => {
  expect(await dueIn(async () => ({ documents: [] }))).toBe(Infinity)
})

test('a chore is not idle where something is due that was written since it looked', async () => {
  const documents = [{ wakeAt: '2029-12-31T23:59:59.000Z' }]
  expect(await dueIn(async () => ({ documents }))).toBe(0)
})

test('a chore is not idle before its read model has a generation, and fails with it', async () => {
  expect(await dueIn(() => Promise.reject(new NotCaughtUp('jobs')))).toBe(0)
  await expect(dueIn(() => Promise.reject(new Error('away')))).rejects.toThrow('away')
})
