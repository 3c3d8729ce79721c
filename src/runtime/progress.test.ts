import { getEventListeners } from 'node:events'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { progress as progressOf } from './progress.ts'
import { NotCaughtUp } from './reading.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
})

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate)
}

/** Positions of read models: of one run here once `run` is called, and of those in the store. */
const world = (stored: Record<string, bigint> = {}) => {
  let asked = 0
  let feedMoved = (): void => undefined
  const progress = progressOf(
    {
      positions: async (names) => {
        asked += 1
        return new Map(names.flatMap((name) => (name in stored ? [[name, stored[name]!]] : [])))
      },
    },
    {
      head: () => 0n,
      newest: () => 0n,
      onMoved: (_, listener) => {
        feedMoved = listener
        return () => undefined
      },
    },
  )
  const here = { position: 0n, hurries: [] as bigint[], ended: 0 }
  const run = () =>
    progress.runs(
      'mail',
      {
        position: () => here.position,
        cached: () => undefined,
        hurry: (to) => {
          here.hurries.push(to)
          return () => void (here.ended += 1)
        },
      },
      1,
    )
  /** Waits for a position; `as` is what has come of it. */
  const reach = (...args: Parameters<typeof progress.reach>) => {
    const outcome: { as?: unknown } = {}
    progress.reach(...args).then(
      (at) => (outcome.as = at),
      (error: unknown) => (outcome.as = error),
    )
    return outcome
  }
  return { progress, here, run, reach, stored, asked: () => asked, feedMoved: () => feedMoved() }
}

test('a wait ends once the read model of this process has reached the position, and no sooner', async () => {
  const { progress, here, run, reach, asked } = world({ mail: 99n })
  run()
  const [near, far] = [reach('mail', 3n), reach('mail', 5n)]
  await settle()
  expect([near.as, far.as, here.hurries]).toEqual([undefined, undefined, [3n, 5n]])
  here.position = 3n
  progress.moved('mail')
  await settle()
  // The other one waits on, and is not woken.
  expect([near.as, far.as, here.hurries, here.ended]).toEqual([3n, undefined, [3n, 5n], 1])
  here.position = 6n
  progress.moved('mail')
  await settle()
  expect([far.as, here.ended, vi.getTimerCount(), asked()]).toEqual([6n, 2, 0, 0])
  expect(await progress.reach('mail', 6n)).toBe(6n)
  expect(await progress.positionOf('mail')).toBe(6n)
})

test('a wait ends when the feed has moved the read model of this process past other events', async () => {
  const { here, run, reach, asked, feedMoved } = world({ other: 1n })
  run()
  const [own, another] = [reach('mail', 3n), reach('other', 3n)]
  await settle()
  const before = asked()
  here.position = 4n
  feedMoved()
  await settle()
  // A read model of another process is only polled.
  expect([own.as, another.as, asked()]).toEqual([4n, undefined, before])
})

test('a read model of another process is polled', async () => {
  const { reach, stored, asked, progress } = world({ mail: 1n })
  const wait = reach('mail', 2n)
  await settle()
  vi.advanceTimersByTime(19)
  await settle()
  expect(asked()).toBe(1)
  vi.advanceTimersByTime(1)
  await settle()
  expect([asked(), wait.as]).toEqual([2, undefined])
  stored['mail'] = 2n
  vi.advanceTimersByTime(20)
  await settle()
  expect([asked(), wait.as, vi.getTimerCount()]).toEqual([3, 2n, 0])
  expect(await progress.positionOf('mail')).toBe(2n)
})

test('a wait goes on in this process once the read model is run here, and elsewhere once it no longer is', async () => {
  const { progress, here, run, reach, stored } = world({ mail: 1n })
  const first = reach('mail', 2n)
  await settle()
  here.position = 2n
  run()
  await settle()
  expect(first.as).toBe(2n)
  const second = reach('mail', 3n)
  await settle()
  stored['mail'] = 3n
  progress.left('mail')
  await settle()
  expect(second.as).toBe(3n)
})

test('a wait that ends leaves the others of its read model waiting', async () => {
  const { progress, here, run, reach } = world()
  run()
  const [short, long] = [reach('mail', 1n, { timeoutMs: 10 }), reach('mail', 1n)]
  await settle()
  vi.advanceTimersByTime(10)
  await settle()
  expect([short.as, long.as]).toEqual([expect.any(NotCaughtUp), undefined])
  here.position = 1n
  progress.moved('mail')
  await settle()
  expect(long.as).toBe(1n)
})

test('a wait fails after its timeout, or reports that it is late and goes on', async () => {
  const { here, run, reach, progress } = world()
  run()
  const failing = reach('mail', 1n)
  const late: string[] = []
  const patient = reach('mail', 1n, {
    timeoutMs: 1_000,
    onLate: (error) => void late.push(error.message),
  })
  for (let seconds = 1; seconds <= 4; seconds += 1) {
    await settle()
    vi.advanceTimersByTime(1_000)
  }
  await settle()
  expect([failing.as, patient.as, late.length]).toEqual([undefined, undefined, 4])
  expect(late[0]).toBe('mail is at 0 and has not reached 1 yet')
  vi.advanceTimersByTime(1_000)
  await settle()
  expect(failing.as).toBeInstanceOf(NotCaughtUp)
  here.position = 1n
  progress.moved('mail')
  await settle()
  expect(patient.as).toBe(1n)

  const without = reach('none', 0n, { timeoutMs: 20 })
  await settle()
  vi.advanceTimersByTime(20)
  await settle()
  expect(String(without.as)).toBe('NotCaughtUp: none has no generation yet')
})

test('a wait ends with the reason of its signal, which it leaves as it was', async () => {
  const { progress, here, run, reach } = world()
  run()
  const stop = new AbortController()
  const done = reach('mail', 1n, { signal: stop.signal })
  const aborted = reach('mail', 2n, { signal: stop.signal })
  await settle()
  expect(getEventListeners(stop.signal, 'abort').length).toBe(2)
  here.position = 1n
  progress.moved('mail')
  await settle()
  expect([done.as, getEventListeners(stop.signal, 'abort').length]).toEqual([1n, 1])
  const reason = new Error('enough')
  stop.abort(reason)
  await settle()
  expect([aborted.as, vi.getTimerCount()]).toEqual([reason, 0])
})

test('the position of a read model without a generation is waited for a moment', async () => {
  const { progress, stored } = world()
  let at: unknown
  void progress.positionOf('mail').then((position) => (at = position))
  await settle()
  expect(at).toBeUndefined()
  stored['mail'] = 0n
  vi.advanceTimersByTime(20)
  await settle()
  expect(at).toBe(0n)
})
