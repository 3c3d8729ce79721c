import { expect, test } from 'vitest'
import { derivedId } from '#kernel'
import { newId } from '#kernel/testing'
import type { Query } from '../../../platform/storage/documents/port.ts'
import type { JobPorts } from '../../../serving/job-ports.ts'
import { UserId } from '../../shared/index.ts'
import { JobId } from '../language.ts'
import { fireDueJobs } from './fire-due-jobs.ts'

const now = new Date('2030-01-02T06:00:00.000Z')
const due = (second: number) =>
  new Date(Date.parse('2030-01-01T20:00:00.000Z') + second * 1_000).toISOString()

/**
 * A read model of jobs that are due in the order of their numbers, and what is done with them.
 * @param broken number of a job whose time zone is no longer known
 * @param away number of a job whose stream is away
 */
const nightOff = (count: number, { broken, away }: { broken?: number; away?: number } = {}) => {
  const scheduledBy = newId(UserId)
  const all = Array.from({ length: count }, (_, index) => ({
    id: derivedId(JobId, String(index)),
    type: 'report',
    payload: {},
    ...(index === broken
      ? { cron: '0 3 * * *', timeZone: 'Europe/Atlantis' }
      : { everyMs: 86_400_000 }),
    overlap: 'skip',
    missed: 'once',
    attempts: 1,
    timeLimitMs: 1_000,
    scheduledBy,
    status: 'ACTIVE',
    nextRunAt: due(index),
    wakeAt: due(index),
    openRuns: [],
    queuedRuns: [],
    createdAt: due(0),
    updatedAt: due(0),
  }))
  const fired: string[] = []
  let [running, mostRunning] = [0, 0]
  const ports = {
    clock: () => now,
    readModels: {
      find: async (_: object, { after, limit = 0 }: Query) => {
        const from = after ? all.findIndex(({ id }) => id === after.key) + 1 : 0
        return { documents: all.slice(from, from + limit) }
      },
    },
    executor: {
      execute: async (_: object, id: string) => {
        mostRunning = Math.max(mostRunning, (running += 1))
        await Promise.resolve()
        running -= 1
        if (id === all[away ?? -1]?.id) throw new Error('The stream is away.')
        fired.push(id)
      },
    },
  } as unknown as JobPorts
  return { ports, ids: all.map(({ id }) => id), fired, mostRunning: () => mostRunning }
}

test('ten thousand jobs that are due at once after a night are fired a page at a time, each once', async () => {
  const { ports, ids, fired, mostRunning } = nightOff(10_000)
  await fireDueJobs.run(ports)
  expect(fired).toEqual(ids)
  expect(mostRunning()).toBe(100)
})

test('a job that cannot be fired does not keep the others from firing', async () => {
  for (const unlike of [{ broken: 7 }, { away: 7 }]) {
    const { ports, ids, fired } = nightOff(150, unlike)
    await expect(fireDueJobs.run(ports)).rejects.toThrow(/Atlantis|away/)
    expect(fired).toEqual(ids.filter((id) => id !== ids[7]))
  }
})

test('the chore is idle until the next job is due, and only where it found none', async () => {
  const { ports } = nightOff(3)
  expect(await fireDueJobs.run(ports)).toBe(undefined)
  const wakeAt = '2030-01-02T06:00:42.000Z'
  const find = async (_: object, { where }: Query) => ({
    documents: JSON.stringify(where).includes('lte') ? [] : [{ wakeAt }],
  })
  const later = { ...ports, readModels: { find } } as unknown as JobPorts
  expect(await (await fireDueJobs.run(later))?.dueIn()).toBe(42_000)
})
