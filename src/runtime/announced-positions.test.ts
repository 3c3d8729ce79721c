import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { memoryPositionNews } from '../platform/messaging/position-news/memory.ts'
import { feedMoves } from './feed-moves.ts'
import { progress as progressOf } from './progress.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
})

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate)
}

/** The read model of mail, as the waiting process declares it. */
const known = { reads: ['Sent'], version: 3 }

/** Two processes on one store: one runs the read model of mail, the other one waits for it. */
const world = () => {
  const open = memoryPositionNews()
  const stored = { position: 1n, asked: 0 }
  const announced: string[] = []
  const watch = open()
  watch.onAnnounced((positions) => {
    announced.push([...positions].map(({ name, position }) => `${name} ${position}`).join(', '))
  })
  const requested: string[] = []
  watch.onRequest((names) => void requested.push(...names))
  const errors: unknown[] = []
  const start = (news = open()) => {
    const moves = feedMoves()
    const log = { head: 0n, newest: 0n }
    const progress = progressOf(
      {
        positions: async (names) => {
          stored.asked += 1
          return new Map(names.map((name) => [name, stored.position]))
        },
      },
      { onMoved: moves.on, head: () => log.head, newest: () => log.newest },
      { news, onError: (error) => void errors.push(error) },
    )
    return {
      progress,
      /** Reads the log up to a position; `newest` is the last event of mail. */
      read: (head: bigint, newest: bigint) => {
        Object.assign(log, { head, newest })
        moves.moved()
      },
    }
  }
  const runner = start()
  const here = { mail: 1n, bells: 1n }
  for (const name of ['mail', 'bells'] as const)
    runner.progress.runs(
      name,
      {
        position: () => here[name],
        cached: () => undefined,
        hurry: () => () => undefined,
      },
      3,
    )
  const other = start()
  return {
    open,
    stored,
    announced,
    requested,
    errors,
    start,
    runner,
    here,
    other,
    /** Waits for a position of the read model; `as` is what has come of it. */
    reach: (position: bigint, timeoutMs = 5_000) => {
      const outcome: { as?: unknown } = {}
      other.progress.reach('mail', position, { timeoutMs, known }).then(
        (at) => (outcome.as = at),
        (error: unknown) => (outcome.as = error),
      )
      return outcome
    },
    /** Moves read models of the runner by a write. */
    write: async (...names: readonly ('mail' | 'bells')[]) => {
      for (const name of names) here[name] += 1n
      for (const name of names) runner.progress.moved(name)
      await settle()
    },
  }
}

test('a wait for a read model of another process ends with an announcement, and asks the store once', async () => {
  const { reach, write, stored, requested } = world()
  const wait = reach(2n)
  await settle()
  expect(wait.as).toBe(undefined)
  await write('mail')
  expect([wait.as, stored.asked, requested]).toEqual([2n, 1, ['mail']])
})

test('further waits ask the store for nothing while announcements come', async () => {
  const { reach, write, stored, requested, other } = world()
  reach(2n)
  await settle()
  await write('mail')
  stored.asked = 0
  for (let position = 3n; position < 6n; position += 1n) {
    const wait = reach(position)
    await settle()
    expect(wait.as).toBe(undefined)
    await write('mail')
    expect(wait.as).toBe(position)
    const over = reach(position)
    await settle()
    expect(over.as).toBe(position)
    expect(await other.progress.positionOf('mail', known)).toBe(position)
  }
  expect([stored.asked, requested]).toEqual([0, ['mail']])
})

test('a read model is announced while another process has waited for it shortly before, and no other one', async () => {
  const { reach, write, announced } = world()
  await write('mail')
  expect(announced).toEqual([])
  reach(2n)
  await settle()
  expect(announced).toEqual(['mail 2'])
  await write('bells')
  await write('mail', 'bells')
  expect(announced).toEqual(['mail 2', 'mail 3'])
  vi.advanceTimersByTime(16_000)
  await write('mail')
  expect(announced).toEqual(['mail 2', 'mail 3'])
})

test('read models that were written together share an announcement', async () => {
  const { other, write, announced } = world()
  for (const name of ['mail', 'bells']) void other.progress.reach(name, 2n)
  await settle()
  announced.length = 0
  await write('mail', 'bells')
  expect(announced).toEqual(['mail 2, bells 2'])
})

test('a read model has reached what follows the last of its events, without an announcement', async () => {
  const { reach, write, stored, other, announced } = world()
  reach(2n)
  await settle()
  await write('mail')
  stored.asked = 0
  const wait = reach(7n)
  await settle()
  other.read(6n, 2n)
  await settle()
  expect(wait.as).toBe(undefined)
  other.read(8n, 7n)
  await settle()
  // An event of its own is among them.
  expect(wait.as).toBe(undefined)
  other.read(8n, 2n)
  await settle()
  expect([wait.as, stored.asked, announced]).toEqual([8n, 0, ['mail 1', 'mail 2']])
})

test('a lost announcement is made up for by a poll', async () => {
  const { reach, write, here, stored } = world()
  reach(2n)
  await settle()
  await write('mail')
  here.mail = 3n
  stored.position = 3n
  stored.asked = 0
  const wait = reach(3n)
  await settle()
  vi.advanceTimersByTime(249)
  await settle()
  expect([wait.as, stored.asked]).toEqual([undefined, 0])
  vi.advanceTimersByTime(1)
  await settle()
  expect([wait.as, stored.asked]).toEqual([3n, 1])
})

test('a process that announces nothing is polled', async () => {
  const { start, stored } = world()
  const news = { ...memoryPositionNews()(), request: () => Promise.reject(new Error('away')) }
  let at: unknown
  void start(news)
    .progress.reach('mail', 2n)
    .then((position) => (at = position))
  await settle()
  stored.position = 2n
  vi.advanceTimersByTime(20)
  await settle()
  expect([at, stored.asked]).toEqual([2n, 2])
})

test('an announced position is not taken for the present one after a second: the store is asked at once', async () => {
  const { reach, write, stored, other } = world()
  reach(2n)
  await settle()
  await write('mail')
  vi.advanceTimersByTime(1_000)
  stored.asked = 0
  stored.position = 2n
  const wait = reach(2n)
  await settle()
  expect([wait.as, stored.asked]).toEqual([2n, 1])
  expect(await other.progress.positionOf('mail', known)).toBe(2n)
  expect(stored.asked).toBe(2)
})

test('a position that a wait has reached is not forgotten for an earlier announcement', async () => {
  const { reach, write, stored, other, here } = world()
  reach(2n)
  await settle()
  await write('mail')
  other.read(2n, 2n)
  expect(await other.progress.positionOf('mail', known)).toBe(2n)
  // The announcement of this write is lost.
  here.mail = 5n
  stored.position = 5n
  const wait = reach(5n)
  await settle()
  vi.advanceTimersByTime(250)
  await settle()
  expect(wait.as).toBe(5n)
  expect(await other.progress.positionOf('mail', known)).toBe(5n)
})

test('a read without a position asks the store once an event of the read model follows what was announced', async () => {
  const { reach, write, stored, other } = world()
  reach(2n)
  await settle()
  await write('mail')
  stored.position = 3n
  other.read(4n, 2n)
  expect(await other.progress.positionOf('mail', known)).toBe(2n)
  other.read(4n, 4n)
  expect(await other.progress.positionOf('mail', known)).toBe(3n)
})

test('a read model of another version has reached no event beyond what is announced', async () => {
  const { write, other } = world()
  const wait: { as?: unknown } = {}
  const version = 2
  void other.progress.reach('mail', 2n, { known: { ...known, version } })
  await settle()
  await write('mail')
  void other.progress
    .reach('mail', 7n, { known: { ...known, version } })
    .then((at) => (wait.as = at))
  other.read(8n, 2n)
  await settle()
  expect(wait.as).toBe(undefined)
})

test('a process that takes over a read model announces it to those that have requested it', async () => {
  const { reach, runner, start, announced } = world()
  const wait = reach(4n, 20_000)
  await settle()
  runner.progress.left('mail')
  const next = start()
  // A request reached it before it ran the read model.
  vi.advanceTimersByTime(5_000)
  const further = reach(4n)
  await settle()
  const run = { position: () => 4n, cached: () => undefined, hurry: () => () => undefined }
  next.progress.runs('mail', run, 3)
  await settle()
  expect([wait.as, further.as]).toEqual([4n, 4n])
  expect(announced).toEqual(['mail 1', 'mail 4'])
})

test('a request is repeated after five seconds at the earliest, and announcements end without one', async () => {
  const { reach, write, stored, requested } = world()
  reach(2n)
  await settle()
  await write('mail')
  for (const [ms, times] of [
    [4_000, 1],
    [1_000, 2],
    [1_000, 2],
  ] as const) {
    vi.advanceTimersByTime(ms)
    reach(9n, 1)
    await settle()
    expect(requested.length).toBe(times)
  }
  vi.advanceTimersByTime(16_000)
  await settle()
  stored.asked = 0
  reach(9n)
  await settle()
  expect(stored.asked).toBe(1)
})

test('a wait without time asks the store before it fails', async () => {
  const { reach, write, stored } = world()
  reach(2n)
  await settle()
  await write('mail')
  stored.position = 9n
  const wait = reach(9n, 0)
  await settle()
  vi.advanceTimersByTime(1)
  await settle()
  expect(wait.as).toBe(9n)
})

test('a failed announcement is reported, and the next one is sent', async () => {
  const { start, errors, open } = world()
  const news = open()
  let fails = true
  const { progress } = start({
    ...news,
    announce: (positions) => (fails ? Promise.reject(new Error('away')) : news.announce(positions)),
  })
  let position = 1n
  const run = { position: () => position, cached: () => undefined, hurry: () => () => undefined }
  progress.runs('posts', run, 1)
  const announcements: unknown[] = []
  const waiting = open()
  waiting.onAnnounced((positions) => void announcements.push(...positions))
  await waiting.request(['posts'])
  await settle()
  expect([announcements, errors]).toEqual([[], [new Error('away')]])
  fails = false
  position = 2n
  progress.moved('posts')
  await settle()
  expect(announcements).toEqual([{ name: 'posts', position: 2n, version: 1 }])
})
