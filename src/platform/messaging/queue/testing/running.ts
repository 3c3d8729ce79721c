import { expect, test } from 'vitest'
import { eventually, givenTime, numbered, witness, type Given } from './fixture.ts'
import { Interrupted } from '../../../interrupted.ts'
import { NewerVersion } from '../../../newer-version.ts'
import type { FailedAttempt, GivenUpJob, Job } from '../port.ts'

/** Tests of the conformance suite about running, failing, parking and counting jobs. */
export const runningTests = (given: Given): void => {
  test('a failed job is retried with a backoff that doubles', async () => {
    const { queue } = given()
    const at: number[] = []
    const failures: FailedAttempt[] = []
    await queue.work(
      'q',
      async ({ attempt }) => {
        at.push(performance.now())
        if (attempt < 4) throw new Error(`attempt ${attempt} fails`)
      },
      { backoff: 100, onFailed: (failed) => failures.push(failed) },
    )
    await queue.add('q', [{ id: 'flaky', data: 1 }])
    await expect.poll(() => at.length, eventually).toBe(4)
    const gaps = at.slice(1).map((ms, index) => ms - at[index]!)
    gaps.forEach((gap, index) => expect(gap).toBeGreaterThan(100 * 2 ** index - 15))
    expect(failures.map(({ attempt, parked }) => [attempt, parked])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ])
    await expect.poll(async () => (await queue.counts('q')).active, eventually).toBe(0)
    expect(await queue.parked()).toEqual([])
  })

  test.each([
    ['needs a newer version', new NewerVersion({ type: 'Wrapped', stream: 'parcel-a' }, 'newer')],
    ['was interrupted', new Interrupted('The process stops')],
  ])(
    'a job that %s is returned to the queue, without a failure or a counted attempt',
    async (_, error) => {
      const { queue } = given()
      const attempts: number[] = []
      const failures: FailedAttempt[] = []
      await queue.work(
        'q',
        async ({ attempt }) => {
          attempts.push(attempt)
          if (attempts.length === 1) throw error
        },
        { attempts: 1, onFailed: (failed) => failures.push(failed) },
      )
      await queue.add('q', [{ id: 'newer', data: 1 }])
      await expect.poll(() => attempts, eventually).toEqual([1, 1])
      expect(failures).toEqual([])
      expect(await queue.parked()).toEqual([])
    },
  )

  test('a job that used up its attempts is parked: listed, not run, and not added again', async () => {
    const { queue } = given()
    const { seen, handler } = witness()
    const failures: FailedAttempt[] = []
    const before = Date.now()
    await queue.work(
      'q',
      async (attempt) => {
        await handler(attempt)
        throw new Error('never works \0')
      },
      { attempts: 2, backoff: 10, onFailed: (failed) => failures.push(failed) },
    )
    await queue.add('q', [{ id: 'dead', data: { a: 1 } }])
    await expect.poll(async () => (await queue.parked()).length, eventually).toBe(1)
    const [parked] = await queue.parked()
    expect(parked).toMatchObject({ queue: 'q', id: 'dead', data: { a: 1 }, attempts: 2 })
    expect(parked?.error).toContain('never works')
    expect(parked?.failedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    // PostgreSQL rounds to ms in either direction.
    expect(Date.parse(parked?.failedAt ?? '')).toBeGreaterThanOrEqual(before - 5)
    expect(Date.parse(parked?.failedAt ?? '')).toBeLessThanOrEqual(Date.now() + 5)
    expect(failures.map(({ parked }) => parked)).toEqual([false, true])
    await queue.add('q', [{ id: 'dead', data: 2 }])
    expect(await queue.counts('q')).toEqual({ waiting: 0, delayed: 0, active: 0, parked: 1 })
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2])
  })

  test('a job is reported as given up before it is parked, and the report is retried when it fails', async () => {
    const { queue } = given()
    const runs: number[] = []
    const failures: FailedAttempt[] = []
    const reports: GivenUpJob[] = []
    const parkedThen: number[] = []
    await queue.work(
      'q',
      async ({ attempt }) => {
        runs.push(attempt)
        throw new Error('never works')
      },
      {
        attempts: 2,
        backoff: 10,
        onFailed: (failed) => failures.push(failed),
        onGivenUp: async (job) => {
          parkedThen.push((await queue.counts('q')).parked)
          reports.push(job)
          if (reports.length < 3) throw new Error('the report fails')
        },
      },
    )
    await queue.add('q', [{ id: 'dead', data: { a: 1 } }])
    await expect.poll(async () => (await queue.parked()).length, eventually).toBe(1)
    expect(runs).toEqual([1, 2])
    expect(reports.map(({ id, data }) => [id, data])).toEqual(
      Array.from({ length: 3 }, () => ['dead', { a: 1 }]),
    )
    for (const { error } of reports) expect(error).toMatchObject({ message: 'never works' })
    expect(parkedThen).toEqual([0, 0, 0])
    expect((await queue.parked())[0]?.error).toContain('never works')
    expect(failures.map(({ error, parked }) => [(error as Error).message, parked])).toEqual([
      ['never works', false],
      ['the report fails', false],
      ['the report fails', false],
      ['never works', true],
    ])
    // A retried job has all its attempts again.
    expect(await queue.retry('q', 'dead')).toBe(true)
    await expect.poll(() => reports.length, eventually).toBe(4)
    expect(runs).toEqual([1, 2, 1, 2])
  })

  test('a job that succeeds in its last attempt is not given up', async () => {
    const { queue } = given()
    const { ids, handler } = witness()
    let reports = 0
    await queue.work(
      'q',
      async (attempt) => {
        if (attempt.attempt < 2) throw new Error('not yet')
        await handler(attempt)
      },
      { attempts: 2, backoff: 10, onGivenUp: async () => void (reports += 1) },
    )
    await queue.add('q', [{ id: 'late', data: 1 }])
    await expect.poll(ids, eventually).toEqual(['late'])
    await expect.poll(async () => (await queue.counts('q')).active, eventually).toBe(0)
    expect(reports).toBe(0)
  })

  test('a parked job can be retried, with all its attempts', async () => {
    const { queue } = given()
    const { seen, handler } = witness()
    let broken = true
    await queue.work(
      'q',
      async (attempt) => {
        await handler(attempt)
        if (broken) throw new Error('broken')
      },
      { attempts: 2, backoff: 10 },
    )
    await queue.add('q', [{ id: 'dead', data: 'kept' }])
    await expect.poll(async () => (await queue.parked()).length, eventually).toBe(1)
    broken = false
    expect(await queue.retry('q', 'other')).toBe(false)
    expect(await queue.retry('q', 'dead')).toBe(true)
    await expect.poll(() => seen.length, eventually).toBe(3)
    expect(seen.at(-1)).toEqual({ id: 'dead', data: 'kept', attempt: 1 })
    await expect.poll(async () => (await queue.counts('q')).active, eventually).toBe(0)
    expect(await queue.parked()).toEqual([])
    expect(await queue.retry('q', 'dead')).toBe(false)
  })

  test('parked jobs of all queues are listed, the newest first', async () => {
    const { queue } = given()
    const fail = async () => {
      throw new Error('no')
    }
    for (const q of ['a', 'b', 'c']) {
      await queue.work(q, fail, { attempts: 1 })
      await queue.add(q, [{ id: `in-${q}`, data: 1 }])
      await expect.poll(async () => (await queue.counts(q)).parked, eventually).toBe(1)
    }
    expect((await queue.parked()).map(({ id }) => id)).toEqual(['in-c', 'in-b', 'in-a'])
    expect((await queue.parked(2)).map(({ id }) => id)).toEqual(['in-c', 'in-b'])
  })

  test('a delayed job is not run before its time, and does not delay due jobs', async () => {
    const { queue } = given()
    const at = new Map<string, number>()
    await queue.work('q', async ({ id }) => {
      at.set(id, Date.now())
    })
    const runAt = Date.now() + 400
    await queue.add('q', [
      { id: 'tomorrow', data: 1, runAt: Date.now() + 86_400_000 },
      { id: 'later', data: 1, runAt },
      { id: 'now', data: 1 },
      { id: 'long ago', data: 1, runAt: 0 },
    ])
    await expect.poll(() => at.size, eventually).toBe(3)
    expect(at.has('tomorrow')).toBe(false)
    expect(at.get('later')! - runAt).toBeGreaterThanOrEqual(-15)
    expect((await queue.counts('q')).delayed).toBe(1)
  })

  test('jobs run in the order in which they are due', async () => {
    const { queue } = given()
    const { ids, handler } = witness()
    await queue.work('q', handler, { concurrency: 1 })
    // On a machine that is blocked for longer than the gap between two jobs, a store may find several due at once.
    await givenTime(100, async (gap) => {
      const before = ids().length
      const start = Date.now()
      const [first, second, third] = [1, 2, 3].map((nth) => ({
        id: `${nth} of ${gap}`,
        data: 1,
        runAt: start + nth * gap,
      })) as [Job, Job, Job]
      await queue.add('q', [third, first, second])
      await expect.poll(() => ids().length, eventually).toBe(before + 3)
      return ids().slice(before).join() === [first.id, second.id, third.id].join()
    })
  })

  test('a worker runs no more jobs at once than its concurrency', async () => {
    const { queue } = given()
    let running = 0
    let most = 0
    let done = 0
    await queue.add('q', numbered(40))
    await queue.work(
      'q',
      async () => {
        most = Math.max(most, (running += 1))
        await new Promise((resolve) => setTimeout(resolve, 5))
        running -= 1
        done += 1
      },
      { concurrency: 4 },
    )
    await expect.poll(() => done, eventually).toBe(40)
    expect(most).toBe(4)
  })

  test('waiting, delayed, active and parked jobs are counted', async () => {
    const { queue } = given()
    const finish = Promise.withResolvers<void>()
    expect(await queue.counts('q')).toEqual({ waiting: 0, delayed: 0, active: 0, parked: 0 })
    await queue.add('q', [
      { id: 'bad', data: 1, runAt: 1 },
      ...numbered(3),
      { id: 'later', data: 1, runAt: Date.now() + 60_000 },
    ])
    await queue.work(
      'q',
      async ({ id }) => {
        if (id === 'bad') throw new Error('bad')
        await finish.promise
      },
      { concurrency: 2, attempts: 1 },
    )
    await expect
      .poll(() => queue.counts('q'), eventually)
      .toEqual({ waiting: 1, delayed: 1, active: 2, parked: 1 })
    finish.resolve()
  })
}
