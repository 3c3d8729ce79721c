import { expect, test } from 'vitest'
import { eventually, givenTime, numbered, witness, type Given } from './fixture.ts'
import type { Attempt } from '../port.ts'

/** Tests of the conformance suite about several processes on one queue. */
export const sharingTests = (given: Given): void => {
  test('an idle worker is notified of jobs that another process adds, before its next poll', async () => {
    const { queue, fixture } = given()
    const { seen, handler } = witness()
    const other = await fixture.open()
    await queue.work('q', handler)
    /** Adds a job right after the worker has polled, and returns the time until it has run, in ms. */
    const latency = async (number: number): Promise<number> => {
      const id = `job-${number}`
      const since = performance.now()
      await other.add('q', [{ id, data: number }])
      await expect.poll(() => seen.at(-1)?.id, eventually).toBe(id)
      return performance.now() - since
    }
    for (let number = 0; number < 5; number++) await latency(number)
    // A busy machine gets more rounds until one job runs before any poll: polls are at least 2 s apart.
    await expect.poll(() => latency(seen.length), eventually).toBeLessThan(1_000)
  })

  test('workers of several processes share the jobs, and run each once', async () => {
    const { queue, fixture } = given()
    const others = await Promise.all([fixture.open(), fixture.open()])
    const { ids, handler } = witness()
    const running = new Set<string>()
    let twiceAtOnce = 0
    const run = async (attempt: Attempt) => {
      if (running.has(attempt.id)) twiceAtOnce += 1
      running.add(attempt.id)
      await new Promise((resolve) => setImmediate(resolve))
      running.delete(attempt.id)
      await handler(attempt)
    }
    await Promise.all([queue, ...others].map((q) => q.work('q', run, { concurrency: 8 })))
    await Promise.all(
      numbered(300).map((job, index) => [queue, ...others][index % 3]!.add('q', [job])),
    )
    await expect.poll(() => ids().length, eventually).toBe(300)
    await expect.poll(async () => (await queue.counts('q')).active, eventually).toBe(0)
    expect(new Set(ids()).size).toBe(300)
    expect(ids().length).toBe(300)
    expect(twiceAtOnce).toBe(0)
  })

  test('a job that runs longer than a lease stays with its worker', async () => {
    const { fixture } = given()
    // On a machine that is blocked for longer than a lease, another worker rightly takes the job.
    await givenTime(200, async (lease) => {
      const others = await Promise.all([fixture.open({ lease }), fixture.open({ lease })])
      const { ids, handler } = witness()
      const q = `leases of ${lease}`
      let finished = 0
      const workers = others.map((other) =>
        other.work(q, async (attempt) => {
          await handler(attempt)
          await new Promise((resolve) => setTimeout(resolve, lease * 4))
          finished += 1
        }),
      )
      await Promise.all(workers)
      await others[0]!.add(q, [{ id: 'long', data: 1 }])
      await expect
        .poll(async () => finished > 0 && (await others[0]!.counts(q)).active, eventually)
        .toBe(0)
      return ids().join() === 'long'
    })
  })

  test('a worker that stops finishes its running jobs and leaves the others', async () => {
    const { queue, fixture } = given()
    const finish = Promise.withResolvers<void>()
    const [first, second] = [witness(), witness()]
    const worker = await queue.work(
      'q',
      async (attempt) => {
        await finish.promise
        await first.handler(attempt)
      },
      { concurrency: 2 },
    )
    await queue.add('q', numbered(10))
    await expect.poll(async () => (await queue.counts('q')).active, eventually).toBe(2)
    const stopped = worker.stop()
    finish.resolve()
    await stopped
    await worker.stop()
    expect(first.seen.length).toBe(2)
    expect(await queue.counts('q')).toEqual({ waiting: 8, delayed: 0, active: 0, parked: 0 })
    await (await fixture.open()).work('q', second.handler)
    await expect.poll(() => second.seen.length, eventually).toBe(8)
    expect(second.seen.every(({ attempt }) => attempt === 1)).toBe(true)
    expect(first.seen.length).toBe(2)
  })

  test('many concurrent calls are served', async () => {
    const { queue } = given()
    const { ids, handler } = witness()
    await queue.work('q', handler, { concurrency: 32 })
    await Promise.all(numbered(400).map((job) => queue.add('q', [job])))
    await expect.poll(() => new Set(ids()).size, eventually).toBe(400)
  })
}
