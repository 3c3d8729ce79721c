import { expect, onTestFinished, test, vi } from 'vitest'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { runUnderLease, type Held } from './run-under-lease.ts'

const untilOver = ({ signal }: Held) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))

test('work runs in one process at a time, and in the next one once the first has ended', async () => {
  const leases = memoryLeases()
  const log: string[] = []
  const run = (name: string, signal: AbortSignal) =>
    runUnderLease(
      'work',
      signal,
      async (held) => {
        log.push(`${name} begins`)
        await untilOver(held)
        log.push(`${name} ends`)
      },
      { leases, onError: (error) => expect.unreachable(String(error)) },
    )
  const [first, second] = [new AbortController(), new AbortController()]
  const running = [run('first', first.signal), run('second', second.signal)]
  await expect.poll(() => log).toEqual(['first begins'])
  first.abort()
  await expect.poll(() => log).toEqual(['first begins', 'first ends', 'second begins'])
  second.abort()
  await Promise.all(running)
})

test('work that fails is reported, its lease released, and it runs again', async () => {
  const leases = memoryLeases()
  const errors: string[] = []
  const stop = new AbortController()
  let runs = 0
  const running = runUnderLease(
    'work',
    stop.signal,
    async (held) => {
      runs += 1
      if (runs < 3) throw new Error(`run ${runs}`)
      await untilOver(held)
    },
    { leases, onError: (error) => void errors.push(String(error)) },
  )
  await expect.poll(() => runs).toBe(3)
  expect(errors).toEqual(['Error: run 1', 'Error: run 2'])
  stop.abort()
  await running
  const lease = await leases.acquire('work', new AbortController().signal)
  await lease.release()
})

test('a lease that cannot be acquired is retried', async () => {
  const leases = memoryLeases()
  const errors: string[] = []
  const stop = new AbortController()
  let failures = 2
  const begun = Promise.withResolvers<void>()
  const running = runUnderLease(
    'work',
    stop.signal,
    async (held) => {
      begun.resolve()
      await untilOver(held)
    },
    {
      leases: {
        acquire: async (...asked) => {
          if (failures-- > 0) throw new Error('away')
          return leases.acquire(...asked)
        },
      },
      onError: (error) => void errors.push(String(error)),
    },
  )
  await begun.promise
  expect(errors).toEqual(['Error: away', 'Error: away'])
  stop.abort()
  await running
})

/** Runs work that fails, on a lease of its own. */
const failing = (fail: () => unknown, options: { isLeftToNewer?: () => boolean } = {}) => {
  const stop = new AbortController()
  const errors: unknown[] = []
  const over = runUnderLease('work', stop.signal, () => Promise.reject(fail()), {
    leases: memoryLeases(),
    onError: (error) => void errors.push(error),
    ...options,
  })
  return {
    errors,
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await over
    },
  }
}

test('a lease that is left to a newer version is acquired again long after one whose work fails, and ends at once', async () => {
  const left = () => new NewerVersion({ type: 'Rang', stream: 'bell-a' }, 'of a newer version')
  const failed = () => new Error('failed')
  // Another round where the machine was too slow to tell one pause from the other.
  const round = async () => {
    await using newer = failing(left)
    await using forOthers = failing(failed, { isLeftToNewer: () => true })
    await using sound = failing(failed)
    await using foreign = failing(left, { isLeftToNewer: () => false })
    for (const { errors } of [sound, foreign])
      await expect.poll(() => errors.length).toBeGreaterThan(3)
    return [newer.errors, forOthers.errors].map((errors) => errors.map(String))
  }
  await expect.poll(round).toEqual([['NewerVersion: of a newer version'], ['Error: failed']])
})

test('pauses grow with each failure, and start over after work that has run for long', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const round = async () => {
    await using steady = failing(() => {
      vi.advanceTimersByTime(6_000)
      return new Error('failed at last')
    })
    await using hasty = failing(() => new Error('failed at once'))
    await expect.poll(() => steady.errors.length).toBeGreaterThan(8)
    return hasty.errors.length
  }
  // The pauses of as many failures would be a hundred times as long.
  await expect.poll(round).toBeLessThan(7)
})
