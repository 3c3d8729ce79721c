import { expect, test } from 'vitest'
import { createBells } from './bell.ts'
import type { Attempt } from './port.ts'
import type { JobStore, Settlement, Taken } from './store.ts'
import { longestPause, startWorker } from './worker.ts'

const eventually = { interval: 5 }

/** A store that returns the jobs that the test gives it, and records the calls. */
const scripted = () => {
  const takes: { readonly most: number; readonly give: (taken: readonly Attempt[]) => void }[] = []
  const settled: Settlement[][] = []
  const released: string[] = []
  const failures: Error[] = []
  const store: JobStore = {
    lease: 60_000,
    take: (_queue, _holder, most) =>
      new Promise<Taken>((resolve) => {
        takes.push({ most, give: (attempts) => resolve({ attempts, nextIn: undefined }) })
      }),
    settle: async (_queue, _holder, settlements) => {
      const failure = failures.shift()
      if (failure) throw failure
      settled.push([...settlements])
    },
    extend: async (_queue, _holder, ids) => ids,
    release: async (_queue, _holder, ids) => void released.push(...ids),
  }
  return { store, takes, settled, released, failures }
}

const attemptAt = (id: string): Attempt => ({ id, data: null, attempt: 1 })
const nothing = async () => undefined

test('jobs that are taken while a worker stops are released, not run', async () => {
  const { store, takes, settled, released } = scripted()
  const ran: string[] = []
  const run = async ({ id }: Attempt) => void ran.push(id)
  const worker = startWorker(store, createBells(longestPause), 'q', run, {}, () => undefined)
  await expect.poll(() => takes.length, eventually).toBe(1)
  const stopped = worker.stop()
  takes[0]!.give([attemptAt('late')])
  await stopped
  expect({ ran, settled, released }).toEqual({ ran: [], settled: [], released: ['late'] })
})

test('jobs that end together are settled together, and free as many places', async () => {
  const { store, takes, settled } = scripted()
  const worker = startWorker(
    store,
    createBells(longestPause),
    'q',
    nothing,
    { concurrency: 3 },
    () => undefined,
  )
  await expect.poll(() => takes.length, eventually).toBe(1)
  takes[0]!.give(['a', 'b', 'c'].map(attemptAt))
  await expect.poll(() => takes.length, eventually).toBe(2)
  expect(takes.map(({ most }) => most)).toEqual([3, 3])
  await expect.poll(() => settled.map((batch) => batch.length), eventually).toEqual([3])
  const stopped = worker.stop()
  takes[1]!.give([])
  await stopped
})

test('an outcome that could not be recorded is recorded later, and the job is not run again', async () => {
  const { store, takes, settled, failures } = scripted()
  const errors: unknown[] = []
  const runs: string[] = []
  failures.push(new Error('unavailable'), new Error('still unavailable'))
  const run = async ({ id }: Attempt) => void runs.push(id)
  const worker = startWorker(store, createBells(longestPause), 'q', run, {}, (error) =>
    errors.push(error),
  )
  await expect.poll(() => takes.length, eventually).toBe(1)
  takes[0]!.give([attemptAt('a')])
  await expect.poll(() => settled, eventually).toEqual([[{ id: 'a', outcome: 'done' }]])
  expect(errors).toHaveLength(2)
  expect(runs).toEqual(['a'])
  await worker.stop()
})

test('a worker that takes a job which it still runs does not run it twice at once', async () => {
  const { store, takes } = scripted()
  const bells = createBells(longestPause)
  const finish = Promise.withResolvers<void>()
  const runs: string[] = []
  const run = async ({ id }: Attempt) => {
    runs.push(id)
    await finish.promise
  }
  const worker = startWorker(store, bells, 'q', run, {}, () => undefined)
  await expect.poll(() => takes.length, eventually).toBe(1)
  takes[0]!.give([attemptAt('a')])
  await expect.poll(() => runs, eventually).toEqual(['a'])
  bells.ring('q')
  await expect.poll(() => takes.length, eventually).toBe(2)
  takes[1]!.give([{ ...attemptAt('a'), attempt: 2 }, attemptAt('b')])
  await expect.poll(() => runs, eventually).toEqual(['a', 'b'])
  finish.resolve()
  await worker.stop()
})

test('the error of a listener does not affect the job', async () => {
  const { store, takes, settled } = scripted()
  const errors: unknown[] = []
  const fail = async () => {
    throw new Error('job')
  }
  const onFailed = () => {
    throw new Error('listener')
  }
  const options = { onFailed, attempts: 1 }
  const worker = startWorker(store, createBells(longestPause), 'q', fail, options, (it) =>
    errors.push(it),
  )
  await expect.poll(() => takes.length, eventually).toBe(1)
  takes[0]!.give([attemptAt('a')])
  await expect
    .poll(() => settled, eventually)
    .toEqual([[{ id: 'a', outcome: 'parked', error: 'job' }]])
  expect(errors).toMatchObject([{ message: 'listener' }])
  await worker.stop()
})

/** A worker that has found its queue empty. */
const idleWorker = async (concurrency: number) => {
  const { takes, store, ...rest } = scripted()
  const ran: string[] = []
  const run = async ({ id }: Attempt) => void ran.push(id)
  const bells = createBells(1_000_000)
  const worker = startWorker(store, bells, 'q', run, { concurrency }, () => undefined)
  await expect.poll(() => takes.length, eventually).toBe(1)
  // Until the first take was answered, older jobs may wait.
  expect(worker.offer(1)).toBeUndefined()
  takes[0]!.give([])
  await new Promise((resolve) => setImmediate(resolve))
  return { ...rest, worker, ran }
}

test('an idle worker offers its free places, and runs the jobs that were added as taken by it', async () => {
  const { worker, ran, settled } = await idleWorker(3)
  const [two, one] = [worker.offer(2), worker.offer(5)]
  expect([two?.places, one?.places]).toEqual([2, 1])
  expect(worker.offer(1)).toBeUndefined()
  await two!.begin(['a'].map(attemptAt))
  await expect.poll(() => settled, eventually).toEqual([[{ id: 'a', outcome: 'done' }]])
  expect(ran).toEqual(['a'])
  expect(worker.offer(5)?.places).toBe(2)
})

test('a worker that stops waits for its open offers, and releases their jobs', async () => {
  const { worker, ran, released } = await idleWorker(3)
  const offer = worker.offer(2)!
  const stopped = worker.stop()
  expect(worker.offer(1)).toBeUndefined()
  await offer.begin(['a', 'b'].map(attemptAt))
  await stopped
  expect({ ran, released }).toEqual({ ran: [], released: ['a', 'b'] })
})
