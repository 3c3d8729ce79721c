import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { memoryEventReaders } from '../platform/storage/event-readers/memory.ts'
import { wholeVersion } from '../platform/storage/event-readers/port.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryQueue } from '../platform/messaging/queue/memory.ts'
import type { Job, Queue } from '../platform/messaging/queue/port.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { dispatchJobs, readByJobs, workOnJobs } from './dispatch.ts'
import type { Origin } from './execution.ts'
import { openFeed } from './feed.ts'
import type { AnyJob } from './job.ts'

/** Events of a bell that is rung. */
const ringing = (numbers: readonly number[], type = 'Rung') =>
  numbers.map((n) => ({ eventId: randomUUID(), type, data: { n }, metadata: someMetadata }))

/** A log, a queue, and a job that rings a bell for every `Rung` that is not muffled. */
const world = (options: AnyJob['options'] = {}, silent?: { reportsNothing: string }) => {
  const log = memoryEventLog()
  const checkpoints = memoryCheckpoints()
  const queue = memoryQueue()
  const readers = memoryEventReaders()
  const rung: { n: number; origin: Origin }[] = []
  const failing = new Set<number>()
  const deaf = new Set<number>()
  const givenUp: { n: number; origin: Origin; error: unknown }[] = []
  const failed: number[] = []
  const job: AnyJob = {
    name: 'ring-bell',
    reads: ['Rung'],
    dataOf: ({ data }) => ((data as { n: number }).n < 0 ? undefined : data),
    run: async ({ n }: { n: number }, origin) => {
      if (failing.has(n)) throw new Error(`${n} is stuck`)
      rung.push({ n, origin })
    },
    givenUp:
      silent ??
      (async ({ n }: { n: number }, origin: Origin, error: unknown) => {
        if (deaf.delete(n)) throw new Error('nobody listens')
        givenUp.push({ n, origin, error })
      }),
    options: { backoff: 20, attempts: 10, ...options },
  }
  const add = (...numbers: number[]) => log.append(`bell-${randomUUID()}`, 'none', ringing(numbers))
  const start = async () => {
    const stop = new AbortController()
    const feed = await openFeed(log)
    const dispatching = dispatchJobs([job], () => queue, stop.signal, {
      feed,
      leases: memoryLeases(),
      checkpoints,
      control: memoryControl(),
      newer: {
        catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
        readers,
      },
      onError: () => undefined,
    })
    const worker = await workOnJobs(
      [job],
      () => queue,
      ({ attempt }) => failed.push(attempt),
      readers,
    )
    return {
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await dispatching
        await worker.stop()
        await feed.close()
      },
    }
  }
  return { log, queue, readers, checkpoints, rung, failing, deaf, givenUp, failed, add, start }
}
const numbers = (rung: readonly { n: number }[]) => rung.map(({ n }) => n).toSorted((a, b) => a - b)

test('a request queued by a newer version of a job is returned to the queue, and neither run nor failed', async () => {
  const { queue, start, rung, failed, readers } = world({ attempts: 1 })
  await readers.declare(new Map([[wholeVersion, ['Rung', 'Tolled']]]))
  const asked = { data: { n: 1 }, correlationId: randomUUID(), causationId: randomUUID() }
  await queue.add('ring-bell', [{ id: 'newer', data: [{ ...asked, type: 'Tolled' }] }])
  await using _ = await start()
  await expect.poll(async () => (await queue.counts('ring-bell')).delayed).toBe(1)
  expect(rung).toEqual([])
  expect(failed).toEqual([])
  expect(await queue.parked()).toEqual([])
})

test('a request that no version of Agora declares is parked', async () => {
  const { queue, start } = world({ attempts: 1 })
  const asked = { data: { n: 1 }, correlationId: randomUUID(), causationId: randomUUID() }
  await queue.add('ring-bell', [{ id: 'odd', data: [{ ...asked, type: 'Tolled' }] }])
  await using _ = await start()
  await expect.poll(async () => (await queue.parked()).map(({ id }) => id)).toEqual(['odd'])
})

test('an event that requests a job gets it once, also after a restart', async () => {
  const { add, start, rung, checkpoints } = world()
  await add(1, 2)
  for (const n of [3, 4]) {
    await using _ = await start()
    await add(n, -1)
    await expect.poll(() => rung.length).toBe(n)
    await expect.poll(() => checkpoints.load('jobs')).toBe(BigInt(2 + (n - 2) * 2))
  }
  expect(numbers(rung)).toStrictEqual([1, 2, 3, 4])
})

test('a request whose checkpoint was not saved is queued again, and run once', async () => {
  const { add, start, rung, checkpoints } = world()
  await add(1, 2, 3)
  {
    await using _ = await start()
    await expect.poll(() => checkpoints.load('jobs')).toBe(3n)
    await expect.poll(() => rung.length).toBe(3)
  }
  await checkpoints.save('jobs', 3n, 0n)
  await using _ = await start()
  await expect.poll(() => checkpoints.load('jobs')).toBe(3n)
  await add(4)
  await expect.poll(() => rung.length).toBe(4)
  expect(numbers(rung)).toStrictEqual([1, 2, 3, 4])
})

test('a job reports with the correlation id of its request, under the same command id at every attempt', async () => {
  const { add, start, rung, failing, failed } = world()
  await using _ = await start()
  failing.add(7)
  await add(7)
  await expect.poll(() => failed.length).toBeGreaterThan(0)
  failing.clear()
  await expect.poll(() => rung.length).toBe(1)
  const [answer] = rung
  expect(answer?.origin.correlationId).toBe(someMetadata.correlationId)
  expect(answer?.origin.actorId).toBe('ring-bell')
})

test('jobs in a bundle are one entry of the queue, and are retried together when one fails', async () => {
  const { add, start, rung, failing, queue } = world({ bundle: { most: 10, within: 5 } })
  failing.add(3)
  await add(...Array.from({ length: 25 }, (_, n) => n))
  await using _ = await start()
  await expect.poll(() => new Set(numbers(rung)).size).toBe(24)
  failing.clear()
  await expect.poll(() => new Set(numbers(rung)).size).toBe(25)
  expect(new Set(rung.map(({ origin }) => origin.commandId)).size).toBe(25)
  await expect.poll(async () => (await queue.counts('ring-bell')).active).toBe(0)
})

test('a job that is given up reports so under a separate id, retries the report, and is parked then', async () => {
  const { add, start, rung, failing, deaf, givenUp, queue } = world({ attempts: 2, backoff: 5 })
  failing.add(7)
  deaf.add(7)
  await add(7)
  await using _ = await start()
  await expect.poll(async () => (await queue.parked()).length).toBe(1)
  expect(givenUp).toMatchObject([{ n: 7, error: { message: '7 is stuck' } }])
  failing.clear()
  const [parked] = await queue.parked()
  await queue.retry('ring-bell', parked!.id)
  await expect.poll(() => rung.length).toBe(1)
  const [run, report] = [rung[0]!.origin, givenUp[0]!.origin]
  expect(report).toEqual({ ...run, commandId: expect.any(String) })
  expect(report.commandId).not.toBe(run.commandId)
})

test('every job of a bundle that is given up is reported', async () => {
  const options = { attempts: 2, backoff: 5, bundle: { most: 10, within: 5 } }
  const { add, start, rung, failing, deaf, givenUp, queue } = world(options)
  failing.add(1)
  deaf.add(2)
  await add(0, 1, 2)
  await using _ = await start()
  await expect.poll(async () => (await queue.parked()).length).toBe(1)
  expect(new Set(numbers(rung))).toEqual(new Set([0, 2]))
  // Reports that had been accepted are sent again.
  expect(numbers(givenUp)).toEqual([0, 0, 1, 1, 2])
  expect(new Set(givenUp.map(({ origin }) => origin.commandId)).size).toBe(3)
})

test('a job without a report is parked when it is given up', async () => {
  const { add, start, failing, queue } = world({ attempts: 1 }, { reportsNothing: 'Only a bell' })
  failing.add(1)
  await add(1)
  await using _ = await start()
  await expect.poll(async () => (await queue.parked()).length).toBe(1)
})

test('a request of an older version, which did not name its event, is run', async () => {
  const { queue, start, rung } = world()
  const asked = { data: { n: 1 }, correlationId: randomUUID(), causationId: randomUUID() }
  await queue.add('ring-bell', [{ id: 'older', data: [asked] }])
  await using _ = await start()
  await expect.poll(() => numbers(rung)).toEqual([1])
})

test('all workers end together', async () => {
  const stopped: string[] = []
  const job = (name: string): AnyJob => ({
    name,
    reads: ['Rung'],
    dataOf: () => undefined,
    run: async () => undefined,
    givenUp: { reportsNothing: 'Only a bell' },
    options: {},
  })
  const queue: Queue = {
    ...memoryQueue(),
    work: async (name) => ({ stop: async () => void stopped.push(name) }),
  }
  const workers = await workOnJobs(
    [job('ring-bell'), job('toll')],
    () => queue,
    () => undefined,
    memoryEventReaders(),
  )
  expect(stopped).toEqual([])
  await workers.stop()
  expect(stopped).toEqual(['ring-bell', 'toll'])
})

describe('jobs', () => {
  const requested = (name: string, reads: readonly string[], options: AnyJob['options'] = {}) => ({
    name,
    reads,
    dataOf: ({ data }: { data: unknown }) => ((data as { n: number }).n < 0 ? undefined : data),
    run: async () => undefined,
    givenUp: { reportsNothing: 'Only a bell' },
    options,
  })

  /** Dispatches jobs to a queue that lists what is added, while a log grows. */
  const dispatching = async (...jobs: readonly AnyJob[]) => {
    const log = memoryEventLog()
    const checkpoints = memoryCheckpoints()
    const added: { readonly name: string; readonly jobs: readonly Job[] }[] = []
    const queue: Queue = {
      ...memoryQueue(),
      add: async (name, queued) => void added.push({ name, jobs: queued }),
    }
    const run = async () => {
      const stop = new AbortController()
      const feed = await openFeed(log)
      const over = dispatchJobs(jobs, () => queue, stop.signal, {
        feed,
        leases: memoryLeases(),
        checkpoints,
        control: memoryControl(),
        newer: {
          catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
          readers: memoryEventReaders(),
        },
        onError: (error) => expect.unreachable(String(error)),
      })
      return {
        head: feed.head,
        [Symbol.asyncDispose]: async () => {
          stop.abort()
          await over
          await feed.close()
        },
      }
    }
    const append = async (...events: ReturnType<typeof ringing>) => {
      await log.append(`bell-${randomUUID()}`, 'none', events)
      return events
    }
    return { added, checkpoints, run, append }
  }
  const sizes = (jobs: readonly Job[]) => jobs.map(({ data }) => (data as unknown[]).length)

  test('have followers that read their events: one for all prompt jobs, one for each job in bundles', () => {
    const bundle = { most: 10, within: 5 }
    expect([
      ...readByJobs([
        requested('one', ['Rung', 'Tolled']),
        requested('other', ['Tolled', 'Cracked']),
        requested('seldom', ['Rung'], { bundle }),
      ]),
    ]).toEqual([
      ['jobs', ['Rung', 'Tolled', 'Cracked']],
      ['jobs:seldom', ['Rung']],
    ])
  })

  test('are queued once, each for its own events, under the id of its event', async () => {
    const bundle = { most: 10, within: 5 }
    const { added, run, append } = await dispatching(
      requested('ring', ['Rung']),
      requested('toll', ['Tolled']),
      requested('seldom', ['Rung'], { bundle }),
    )
    await using _ = await run()
    const [event] = await append(...ringing([1]))
    await expect.poll(() => added.map(({ name }) => name).toSorted()).toEqual(['ring', 'seldom'])
    const { type, eventId: causationId, metadata, data } = event!
    const { correlationId } = metadata
    for (const { jobs } of added)
      expect(jobs).toEqual([
        { id: causationId, data: [{ data, correlationId, causationId, type }] },
      ])
    await append(...ringing([2], 'Tolled'))
    await expect.poll(() => added.length).toBe(3)
    expect(added.at(-1)?.name).toBe('toll')
  })

  test('are not queued for events that request nothing', async () => {
    const { added, checkpoints, run, append } = await dispatching(requested('ring', ['Rung']))
    await using _ = await run()
    await append(...ringing([-1, -2]))
    await expect.poll(() => checkpoints.load('jobs')).toBe(2n)
    expect(added).toEqual([])
    await append(...ringing([-3, 4, -5, 6]))
    await expect.poll(() => added.map(({ jobs }) => sizes(jobs))).toEqual([[1, 1]])
  })

  test('in bundles are queued in parts, under an id that the same events have again', async () => {
    const bundle = { most: 10, within: 5 }
    const { added, checkpoints, run, append } = await dispatching(
      requested('ring', ['Rung'], { bundle }),
    )
    const events = await append(...ringing(Array.from({ length: 25 }, (_, n) => n)))
    {
      await using _ = await run()
      await expect.poll(() => checkpoints.load('jobs:ring')).toBe(25n)
    }
    await checkpoints.save('jobs:ring', 25n, 0n)
    const [first] = added
    expect(sizes(first!.jobs)).toEqual([10, 10, 5])
    const asked = first!.jobs.flatMap(({ data }) => data as { causationId: string }[])
    expect(asked.map(({ causationId }) => causationId)).toEqual(
      events.map(({ eventId }) => eventId),
    )
    const ids = first!.jobs.map(({ id }) => id)
    expect(new Set([...ids, ...asked.map(({ causationId }) => causationId)]).size).toBe(28)
    await using _ = await run()
    await expect.poll(() => added.length).toBe(2)
    expect(added[1]).toEqual(first)
  })

  test('in bundles wait for others after the first, unlike prompt ones', async () => {
    const bundle = { most: 10, within: 60_000 }
    const { added, run, append } = await dispatching(
      requested('ring', ['Rung']),
      requested('seldom', ['Rung'], { bundle }),
    )
    await using running = await run()
    const names = () => added.map(({ name }) => name).toSorted()
    await append(...ringing([1]))
    await expect.poll(names).toEqual(['ring', 'seldom'])
    await append(...ringing([2]))
    await expect.poll(names).toEqual(['ring', 'ring', 'seldom'])
    await append(...ringing([3]))
    await expect.poll(names).toEqual(['ring', 'ring', 'ring', 'seldom'])
    expect(running.head()).toBe(3n)
  })
})
