import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { openDatabase } from '../../engines/postgres/database.ts'
import { queueConformance } from './conformance.ts'
import { postgresQueue } from './postgres.ts'
import { postgresJobStore } from './postgres-store.ts'
import { hangingProcess } from './testing/hanging-process.ts'
import { numbered } from './testing/fixture.ts'
import { severable } from './testing/severable.ts'

const eventually = { interval: 10 }

queueConformance(
  'postgres',
  async () => {
    const fresh = await freshDatabase()
    const link = await severable(fresh.url)
    const opened = new AsyncDisposableStack()
    return {
      open: async (options) => {
        const database = opened.adopt(openDatabase(link.url, { connections: 4 }), (it) =>
          it.close(),
        )
        return opened.adopt(postgresQueue(database, options), (queue) => queue.close())
      },
      remote: {
        outage: { begin: link.sever, end: link.mend },
        hang: (queue, lease) =>
          hangingProcess({ adapter: 'postgres', url: fresh.url, queue, lease }),
      },
      [Symbol.asyncDispose]: async () => {
        await opened.disposeAsync()
        await link[Symbol.asyncDispose]()
        await fresh[Symbol.asyncDispose]()
      },
    }
  },
  { processes: true },
)

/** Two holders of one job: the lease of the first has expired, the second has taken the job. */
const twoHolders = async (database: Parameters<typeof postgresJobStore>[0]) => {
  const queue = postgresQueue(database)
  await queue.add('q', [{ id: 'contested', data: 1 }])
  const [stale, present] = [randomUUID(), randomUUID()]
  await postgresJobStore(database, 0).take('q', stale, 1)
  const store = postgresJobStore(database, 60_000)
  await expect
    .poll(async () => (await store.take('q', present, 1)).attempts, eventually)
    .toEqual([{ id: 'contested', data: 1, attempt: 2 }])
  return { queue, store, stale, present }
}

test('a take skips jobs that another transaction has locked', async () => {
  await using fresh = await freshDatabase()
  const store = postgresJobStore(fresh.database, 60_000)
  await postgresQueue(fresh.database).add('q', numbered(3))
  await fresh.database.transaction(async (session) => {
    await session.query(`SELECT FROM agora.jobs WHERE id = 'job-0' FOR UPDATE`)
    const { attempts } = await store.take('q', randomUUID(), 3)
    expect(attempts.map(({ id }) => id).toSorted()).toEqual(['job-1', 'job-2'])
  })
})

test('due jobs run in the order of their due times, then of adding', async () => {
  await using fresh = await freshDatabase()
  const queue = postgresQueue(fresh.database)
  const added = numbered(20).toReversed()
  await queue.add('q', [
    { id: 'third', data: 1, runAt: 3 },
    { id: 'first', data: 1, runAt: 1 },
    ...added,
    { id: 'second', data: 1, runAt: 2 },
  ])
  const ran: string[] = []
  await queue.work('q', async ({ id }) => void ran.push(id), { concurrency: 1 })
  const expected = ['first', 'second', 'third', ...added.map(({ id }) => id)]
  await expect.poll(() => ran, eventually).toEqual(expected)
  await queue.close()
})

test('settlements, renewals and releases of a holder whose lease has expired have no effect', async () => {
  await using fresh = await freshDatabase()
  const { queue, store, stale, present } = await twoHolders(fresh.database)
  const active = { waiting: 0, delayed: 0, active: 1, parked: 0 }
  await store.settle('q', stale, [{ id: 'contested', outcome: 'done' }])
  await store.settle('q', stale, [{ id: 'contested', outcome: 'retry', error: 'x', pause: 0 }])
  await store.settle('q', stale, [{ id: 'contested', outcome: 'parked', error: 'x' }])
  await store.release('q', stale, ['contested'])
  expect(await store.extend('q', stale, ['contested'])).toEqual([])
  expect(await queue.counts('q')).toEqual(active)
  expect(await store.extend('q', present, ['contested'])).toEqual(['contested'])
  await store.settle('q', present, [{ id: 'contested', outcome: 'done' }])
  expect(await queue.counts('q')).toEqual({ ...active, active: 0 })
})

test('a released job has the same number of attempts as before it was taken', async () => {
  await using fresh = await freshDatabase()
  const { store, present } = await twoHolders(fresh.database)
  await store.release('q', present, ['contested'])
  const { attempts } = await store.take('q', present, 1)
  expect(attempts).toEqual([{ id: 'contested', data: 1, attempt: 2 }])
})

test('a job is taken by one of many concurrent workers', async () => {
  await using fresh = await freshDatabase()
  const store = postgresJobStore(fresh.database, 60_000)
  const queue = postgresQueue(fresh.database)
  for (let round = 0; round < 10; round += 1) {
    await queue.add(`q${round}`, numbered(200))
    const taken = await Promise.all(
      Array.from({ length: 8 }, () => store.take(`q${round}`, randomUUID(), 50)),
    )
    const ids = taken.flatMap(({ attempts }) => attempts.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    expect(taken.every(({ attempts }) => attempts.every(({ attempt }) => attempt === 1))).toBe(true)
  }
})

test('the ids of jobs that were done long ago are purged, and no others', async () => {
  await using fresh = await freshDatabase()
  const [usual, purging] = [undefined, 0].map((keep) =>
    postgresQueue(fresh.database, keep === undefined ? {} : { keep }),
  )
  const ran: unknown[] = []
  await usual!.work(
    'q',
    async ({ data }) => {
      ran.push(data)
      if (data === 'parked') throw new Error('no')
    },
    { attempts: 1 },
  )
  await usual!.add('q', [
    { id: 'done', data: 'first' },
    { id: 'parked', data: 'parked' },
    { id: 'waiting', data: 'later', runAt: Date.now() + 60_000 },
  ])
  const settled = { waiting: 0, delayed: 1, active: 0, parked: 1 }
  await expect.poll(() => usual!.counts('q'), eventually).toEqual(settled)
  await usual!.purge()
  await usual!.add('q', [{ id: 'done', data: 'skipped' }])
  await purging!.purge()
  expect(await usual!.counts('q')).toEqual(settled)
  await usual!.add('q', [{ id: 'done', data: 'second' }])
  await expect.poll(() => ran, eventually).toContain('second')
  await usual!.close()
  expect(ran).not.toContain('skipped')
})
