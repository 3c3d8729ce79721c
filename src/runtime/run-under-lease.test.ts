import { expect, test } from 'vitest'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
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
