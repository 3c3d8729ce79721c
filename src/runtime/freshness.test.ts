import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { Promised } from '../platform/observability/reports/port.ts'
import { freshness as createFreshness } from './freshness.ts'
import { openFeed } from './feed.ts'
import { readModels } from './read-models.ts'
import { mail, settle, world as mailWorld } from './testing/mail-world.ts'

const start = Date.parse('2030-01-01T00:00:00Z')

/** A clock, and what was judged by it. */
const judging = (
  pendingSince: (position: bigint, types: ReadonlySet<string>) => string | undefined,
) => {
  let now = start
  const counts: string[] = []
  const count = (name: string, of: Promised, met: number, missed: number) =>
    void counts.push(`${name} ${of} ${met} ${missed}`)
  return {
    counts,
    pass: (ms: number) => void (now += ms),
    judge: createFreshness({ feed: { pendingSince }, clock: () => new Date(now), count }),
  }
}
const promising = { name: 'orders', within: 1_000, reads: ['Sent'] }
const at = (ms: number) => new Date(start + ms).toISOString()

test('events are judged by their age as they are durable', () => {
  const { judge, counts, pass } = judging(() => undefined)
  pass(1_000)
  judge.taken(promising, [{ at: at(-1) }, { at: at(0) }, { at: at(900) }])
  expect(counts).toEqual(['orders events 2 1'])
})

test.each([
  ['that lacks nothing', undefined, 0, true],
  ['that lacks an event as old as the bound', 0, 0, true],
  ['that lacks an older event', -1, 0, false],
  ['that waited for as long as the bound', undefined, 1_000, true],
  ['that waited longer', undefined, 1_001, false],
])('a read %s', (_, since, waited, isMet) => {
  const { judge, counts, pass } = judging(() => (since === undefined ? undefined : at(since)))
  pass(1_000)
  judge.read(promising, 1n, waited)
  expect(counts).toEqual([`orders reads ${Number(isMet)} ${Number(!isMet)}`])
})

test('a read that waited in vain missed the promise', () => {
  const { judge, counts } = judging(() => undefined)
  judge.late(promising)
  expect(counts).toEqual(['orders reads 0 1'])
})

test('the feed knows since when a read model lacks an event that it reads', async () => {
  let now = start
  const clock = () => new Date(now)
  const log = memoryEventLog(clock)
  const append = (type: string) =>
    log.append('letters-a', 'any', [
      { eventId: randomUUID(), type, data: {}, metadata: someMetadata },
    ])
  await append('Sent')
  now += 10
  const feed = await openFeed(log, { clock })
  onTestFinished(feed.close)
  const types = new Set(['Sent'])
  // An event that is not in memory is not newer than the feed.
  expect(feed.pendingSince(0n, types)).toBe(at(10))
  expect(feed.pendingSince(1n, types)).toBeUndefined()
  now += 10
  await append('Passed')
  await append('Sent')
  now += 10
  const { position } = await append('Sent')
  await expect.poll(feed.head).toBe(position)
  expect(feed.pendingSince(1n, types)).toBe(at(20))
  expect(feed.pendingSince(3n, types)).toBe(at(30))
  expect(feed.pendingSince(4n, types)).toBeUndefined()
  expect(feed.pendingSince(1n, new Set(['Other']))).toBeUndefined()
})

/** A read model that is kept up to date here, its reads, and what is judged. */
const served = async (change: Parameters<typeof mailWorld>[0] = () => ({})) => {
  const counts: string[] = []
  const count = (_: string, of: Promised, met: number, missed: number) =>
    void counts.push(`${of} ${met} ${missed}`)
  let late = 0
  const clock = () => new Date(Date.now() + late)
  const world = await mailWorld(change)
  const judge = createFreshness({ feed: world.feed, clock, count })
  const run = world.start(mail(), { freshness: judge })
  onTestFinished(() => run[Symbol.asyncDispose]())
  const head = vi.fn<() => Promise<bigint>>(world.log.head)
  const models = readModels(world.documents as never, run.progress, { head }, { freshness: judge })
  return { ...world, run, models, head, counts, delay: (ms: number) => void (late = ms) }
}

test('a slow projection misses its promise: events and reads', async () => {
  const { send, models, counts, delay } = await served()
  const first = await send('a')
  await models.get(mail(), 'a', first)
  expect(counts.toSorted()).toEqual(['events 1 0', 'reads 1 0'])
  counts.length = 0
  // As if events took over a minute.
  delay(60_001)
  const second = await send('b')
  await models.reach(mail(), second)
  expect(counts).toContain('events 0 1')
})

test('reads of a read model that stands still miss the promise once its bound has passed, those that wait in vain at once', async () => {
  const { send, models, counts, delay, control } = await served()
  await models.reach(mail(), await send('a'))
  await control.pause('mail')
  await control.announce()
  await settle()
  const missing = await send('b')
  counts.length = 0
  await models.get(mail(), 'a')
  delay(60_001)
  await models.get(mail(), 'a')
  await expect(models.reach(mail(), missing, { timeoutMs: 1 })).rejects.toThrow('has not reached')
  expect(counts).toEqual(['reads 1 0', 'reads 0 1', 'reads 0 1'])
})

test('judging costs no statement: a read asks its store for the document, and nothing else', async () => {
  const get = vi.fn<() => void>()
  const positions = vi.fn<() => void>()
  const { send, models, head, counts } = await served((store) => ({
    get: (...args) => {
      get()
      return store.get(...args)
    },
    positions: (...args) => {
      positions()
      return store.positions(...args)
    },
  }))
  await models.reach(mail(), await send('a'))
  for (const mock of [get, positions, head]) mock.mockClear()
  counts.length = 0
  await models.get(mail(), 'a')
  expect(counts).toEqual(['reads 1 0'])
  expect(get).toHaveBeenCalledTimes(1)
  expect(positions).not.toHaveBeenCalled()
  expect(head).not.toHaveBeenCalled()
})

test('a generation that is built beside the live one is not judged', async () => {
  const { send, models, counts, memory, control, live } = await served()
  await models.reach(mail(), await send('a'))
  const before = await live()
  counts.length = 0
  await memory.begin(mail())
  await control.announce()
  await expect.poll(live).not.toBe(before)
  expect(counts).toEqual([])
  await models.reach(mail(), await send('b'))
  expect(counts.toSorted()).toEqual(['events 1 0', 'reads 1 0'])
})
