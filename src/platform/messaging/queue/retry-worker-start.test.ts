import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { memoryQueue } from './memory.ts'
import { retryWorkerStart } from './retry-worker-start.ts'

test('a worker that is started during an outage of the store begins after it', async () => {
  const store = memoryQueue()
  let unavailable = true
  const failures: unknown[] = []
  const queue = retryWorkerStart(
    {
      ...store,
      work: async (...work) => {
        if (unavailable) throw new Unavailable('unavailable')
        return store.work(...work)
      },
    },
    { every: 5, onError: (error) => failures.push(error) },
  )
  const seen: string[] = []
  await queue.work('q', async ({ id }) => void seen.push(id))
  await queue.add('q', [{ id: 'one', data: 1 }])
  await expect.poll(() => failures.length).toBeGreaterThan(2)
  unavailable = false
  await expect.poll(() => seen).toEqual(['one'])
  await queue.close()
})

test('a worker that never began can be stopped, and so can its queue', async () => {
  const store = memoryQueue()
  const work = async () => {
    throw new Unavailable('unavailable')
  }
  const queue = retryWorkerStart({ ...store, work }, { every: 60_000 })
  const worker = await queue.work('q', async () => undefined)
  await queue.close()
  await worker.stop()
  expect(await queue.counts('q')).toMatchObject({ active: 0 })
})

test('close waits for a worker that is starting, and stops it', async () => {
  const store = memoryQueue()
  const opened = Promise.withResolvers<void>()
  const steps: string[] = []
  const queue = retryWorkerStart({
    ...store,
    work: async () => {
      await opened.promise
      return { stop: async () => void steps.push('stopped') }
    },
    close: async () => {
      await store.close()
      opened.resolve()
    },
  })
  await queue.work('q', async () => undefined)
  await queue.close()
  steps.push('closed')
  expect(steps).toEqual(['stopped', 'closed'])
})

test('a worker that was stopped during an outage does not begin', async () => {
  const store = memoryQueue()
  let tries = 0
  const queue = retryWorkerStart(
    {
      ...store,
      work: async (...work) => {
        tries += 1
        if (tries < 3) throw new Unavailable('unavailable')
        return store.work(...work)
      },
    },
    { every: 1 },
  )
  const [early, late] = [
    await queue.work('q', async () => undefined),
    await queue.work('q', async () => undefined),
  ]
  await Promise.all([early.stop(), late.stop()])
  expect(tries).toBe(2)
  await queue.close()
})
