import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import type { Slice } from '../platform/storage/event-log/port.ts'
import { openFeed } from './feed.ts'
import { followFeed, type SliceSource } from './follow-feed.ts'

const world = async () => {
  const log = memoryEventLog()
  const feed = await openFeed(log)
  const stop = new AbortController()
  const errors: unknown[] = []
  const append = (type: string) =>
    log.append(`door-${randomUUID()}`, 'none', [
      { eventId: randomUUID(), type, data: {}, metadata: someMetadata },
    ])
  const follow = (
    take: (slice: Slice) => Promise<void> | void,
    source: SliceSource = feed,
    types?: readonly string[],
  ) =>
    followFeed(source, 0n, {
      types,
      signal: stop.signal,
      take,
      onError: (error) => void errors.push(error),
    })
  return {
    feed,
    errors,
    append,
    follow,
    stop,
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await feed.close()
    },
  }
}

test('a slice is delivered again after processing it has failed', async () => {
  await using here = await world()
  const seen: string[] = []
  let failures = 1
  const over = here.follow(({ events }) => {
    seen.push(...events.map(({ type }) => type))
    if (failures-- > 0) throw new Error('a flaw')
  })
  await here.append('Knocked')
  await expect.poll(() => seen).toEqual(['Knocked', 'Knocked'])
  await here.append('Rang')
  await expect.poll(() => seen).toEqual(['Knocked', 'Knocked', 'Rang'])
  expect(here.errors.map(String)).toEqual(['Error: a flaw'])
  here.stop.abort()
  await over
})

test('a feed that fails is read again from the same position', async () => {
  await using here = await world()
  const asked: bigint[] = []
  const source: SliceSource = {
    next: async (after, options) => {
      asked.push(after)
      if (asked.length === 2) throw new Error('away')
      return here.feed.next(after, options)
    },
  }
  const seen: string[] = []
  const over = here.follow(
    ({ events }) => void seen.push(...events.map(({ type }) => type)),
    source,
  )
  const { position } = await here.append('Knocked')
  await expect.poll(() => here.errors.map(String)).toEqual(['Error: away'])
  await here.append('Rang')
  await expect.poll(() => seen).toEqual(['Knocked', 'Rang'])
  expect(asked.slice(0, 3)).toEqual([0n, position, position])
  here.stop.abort()
  await over
})

test('the next slice waits until the last one is processed', async () => {
  await using here = await world()
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slices: string[][] = []
  const over = here.follow(async ({ events }) => {
    slices.push(events.map(({ type }) => type))
    begun.resolve()
    await gate.promise
  })
  await here.append('Knocked')
  await begun.promise
  await here.append('Rang')
  const { position } = await here.append('Rang')
  await expect.poll(here.feed.head).toBe(position)
  expect(slices).toEqual([['Knocked']])
  gate.resolve()
  await expect.poll(() => slices).toEqual([['Knocked'], ['Rang', 'Rang']])
  here.stop.abort()
  await over
})

test('an aborted signal ends the follower, without an error', async () => {
  await using here = await world()
  const over = here.follow(() => undefined, here.feed, ['Knocked'])
  here.stop.abort()
  await over
  expect(here.errors).toEqual([])
})

test.each([[['Knocked']], [undefined]])('the feed is asked for the types %j', async (types) => {
  await using here = await world()
  const asked: (readonly string[] | undefined)[] = []
  const source: SliceSource = {
    next: (after, options) => {
      asked.push(options.types)
      return here.feed.next(after, options)
    },
  }
  const over = here.follow(() => undefined, source, types)
  here.stop.abort()
  await over
  expect(asked).toEqual([types])
})
