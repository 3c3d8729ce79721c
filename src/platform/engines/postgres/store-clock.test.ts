import { afterEach, expect, test, vi } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { httpWorld } from '../../../../test/support/http.ts'
import { memoryEventLog } from '../../storage/event-log/memory.ts'
import { memorySnapshots } from '../../storage/snapshots/memory.ts'
import { executor as executorOf } from '../../../runtime/execute.ts'
import { memoryKeys } from '../../security/keys/memory.ts'
import { storeClock } from './store-clock.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** Shifts the clock of this machine, by ms. */
const setClock = (by: number) => {
  vi.useRealTimers()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + by })
}

test('processes on machines with different clocks, wall and monotonic, share one time', async () => {
  await using fresh = await freshDatabase()
  const real = Date.now()
  const clocks = []
  for (const [set, started] of [
    [-300_000, 0],
    [0, 1_000_000],
    [300_000, -5_000],
  ] as const) {
    setClock(set)
    clocks.push(await storeClock(fresh.database, { monotonic: () => performance.now() + started }))
  }
  const times = clocks.map(({ now }) => now().getTime())
  expect(Math.max(...times) - Math.min(...times)).toBeLessThan(1_000)
  expect(Math.abs((times[0] ?? 0) - real)).toBeLessThan(10_000)
  for (const clock of clocks) await clock.close()
})

test('a change of the clock of PostgreSQL is adopted, a slow measurement is not', async () => {
  let [ms, started, delay] = [5_000, 0, 0]
  const database = {
    query: async () => {
      started += delay
      return [{ ms }] as never
    },
  }
  const failures: unknown[] = []
  const clock = await storeClock(database, {
    every: 5,
    monotonic: () => started,
    wall: () => started,
    onError: (error) => failures.push(error),
  })
  expect(clock.now().getTime()).toBe(5_000)
  ms = 1_000
  await expect.poll(() => clock.now().getTime()).toBe(1_000)
  delay = 2_000
  ms = 900_000
  await expect.poll(() => started).toBeGreaterThan(5_000)
  expect(clock.now().getTime()).toBeLessThan(900_000)
  await clock.close()
  expect(failures).toEqual([])
})

/** A PostgreSQL, and a machine that can sleep: its monotonic clock stands still meanwhile. */
const sleepingMachine = async () => {
  let [awake, slept, statements, down] = [5_000, 0, 0, false]
  const meanwhile: (() => void)[] = []
  const failures: unknown[] = []
  const wall = () => awake + slept
  const clock = await storeClock(
    {
      query: async () => {
        statements += 1
        if (down) throw new Error('down')
        const ms = wall()
        meanwhile.pop()?.()
        return [{ ms }] as never
      },
    },
    { every: 3_600_000, monotonic: () => awake, wall, onError: (error) => failures.push(error) },
  )
  return {
    clock,
    failures,
    statements: () => statements,
    sleep: (ms: number) => (slept += ms),
    pass: (ms: number) => (awake += ms),
    isDown: (is: boolean) => (down = is),
    duringNext: (act: () => void) => meanwhile.push(act),
    isRight: async () => {
      await expect.poll(() => clock.now().getTime() - wall()).toBe(0)
    },
  }
}

test('after a sleep or a change of the clock, the time is measured at once, by one statement', async () => {
  const { clock, sleep, pass, isRight, statements } = await sleepingMachine()
  sleep(999)
  clock.now()
  expect(statements()).toBe(1)
  for (const [ms, all] of [
    [3_600_000, 2],
    [-3_600_000, 3],
  ] as const) {
    sleep(ms)
    pass(1_000)
    for (let reads = 0; reads < 10; reads++) clock.now()
    await isRight()
    expect(statements()).toBe(all)
  }
  await clock.close()
})

test('a measurement during a sleep is discarded, and a failed one is repeated after a second', async () => {
  const { clock, sleep, pass, isDown, duringNext, isRight, statements, failures } =
    await sleepingMachine()
  duringNext(() => sleep(60_000))
  sleep(60_000)
  clock.now()
  await expect.poll(statements).toBe(2)
  pass(1_000)
  await isRight()
  expect(statements()).toBe(3)

  isDown(true)
  pass(1_000)
  sleep(60_000)
  clock.now()
  await expect.poll(() => failures).toHaveLength(1)
  isDown(false)
  pass(999)
  clock.now()
  await clock.close()
  expect(statements()).toBe(4)
  pass(1)
  await isRight()
  expect(statements()).toBe(5)
  await clock.close()
})

test.each([-300_000, -45_000, 45_000, 300_000])(
  'a retried refresh token gets its successor where the clock is %i ms apart, for 10 s',
  async (apart) => {
    await using fresh = await freshDatabase()
    let passed = 0
    const monotonic = () => performance.now() + passed
    const mine = await storeClock(fresh.database, { monotonic, wall: monotonic })
    const log = memoryEventLog(mine.now)
    const keys = memoryKeys()
    const executorWith = (
      clock: () => Date,
      catalogue: Parameters<typeof executorOf>[0]['catalogue'],
    ) => executorOf({ log, snapshots: memorySnapshots(), catalogue, clock })
    await using probe = await httpWorld()
    const { catalogue } = probe.deps
    await using here = await httpWorld({
      log,
      keys,
      clock: mine.now,
      executor: executorWith(mine.now, catalogue),
    })
    const account = { email: 'ada@example.org', username: 'ada', password: 'a long password' }
    const { tokens } = (await here.anyone('POST', '/auth/register', account)).body
    const refresh = ({ anyone }: typeof here) =>
      anyone('POST', '/auth/refresh', { refreshToken: tokens.refreshToken })
    const rotated = await refresh(here)
    expect(rotated.status).toBe(200)

    setClock(apart)
    const theirs = await storeClock(fresh.database, { monotonic, wall: monotonic })
    await using there = await httpWorld({
      log,
      keys,
      clock: theirs.now,
      executor: executorWith(theirs.now, catalogue),
    })
    const retried = await refresh(there)
    expect(retried.body.tokens?.refreshToken).toBe(rotated.body.tokens.refreshToken)
    passed = 10_500
    expect((await refresh(there)).body.code).toBe('refresh_token_reused')
    for (const clock of [mine, theirs]) await clock.close()
  },
)
