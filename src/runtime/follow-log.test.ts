import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { until } from '../../test/support/until.ts'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { memoryEventReaders } from '../platform/storage/event-readers/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { openFeed } from './feed.ts'
import { followLog, type Follows } from './follow-log.ts'

/** A log of knocks, and followers of it with a shared checkpoint store. */
const world = () => {
  const log = memoryEventLog()
  const kept = memoryCheckpoints()
  const saves = new Map<string, number>()
  const moves: { readonly from: bigint; readonly to: bigint }[] = []
  const checkpoints: typeof kept = {
    ...kept,
    save: async (name, from, to) => {
      moves.push({ from, to })
      saves.set(name, (saves.get(name) ?? 0) + 1)
      return kept.save(name, from, to)
    },
  }
  const append = (type: string) =>
    log.append(`door-${randomUUID()}`, 'none', [
      { eventId: randomUUID(), type, data: {}, metadata: someMetadata },
    ])
  const leases = memoryLeases()
  const follow = async (
    name: string,
    types: readonly string[],
    {
      take = async () => undefined,
      savesAtOnce = false,
    }: { readonly take?: Follows['take']; readonly savesAtOnce?: boolean } = {},
  ) => {
    const stop = new AbortController()
    const feed = await openFeed(log)
    const begun = Promise.withResolvers<void>()
    const following = followLog(name, stop.signal, {
      types,
      feed: savesAtOnce ? { ...feed, onMoved: (_, heard) => feed.onMoved(0, heard) } : feed,
      leases,
      checkpoints,
      control: memoryControl(),
      newer: {
        catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
        readers: memoryEventReaders(),
      },
      begin: async () => {
        begun.resolve()
        return { take }
      },
      onError: () => undefined,
    })
    await begun.promise
    return {
      head: feed.head,
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await following
        await feed.close()
      },
    }
  }
  const reaches = async (name: string, position: bigint) =>
    until(
      () => kept.load(name),
      (at) => at === position,
    )
  return {
    append,
    follow,
    reaches,
    load: kept.load,
    saves: (name: string) => saves.get(name) ?? 0,
    moves,
  }
}

test('a checkpoint never goes back, also while events are being processed', async () => {
  const { append, follow, reaches, moves } = world()
  const begun = Promise.withResolvers<void>()
  const knock = Promise.withResolvers<void>()
  const following = await follow('doorkeeper', ['Knocked'], {
    savesAtOnce: true,
    take: ({ position }) => {
      if (position <= 6n) return Promise.resolve()
      begun.resolve()
      return knock.promise
    },
  })
  await append('Knocked')
  await reaches('doorkeeper', 1n)
  for (let nth = 0; nth < 5; nth++) await append('LetterCame')
  await reaches('doorkeeper', 6n)
  await append('Knocked')
  await begun.promise
  const { position } = await append('LetterCame')
  await until(following.head, (at) => at === position)
  knock.resolve()
  await following[Symbol.asyncDispose]()
  expect.assert(moves.every(({ from, to }) => to > from))
  expect(moves.at(-1)?.to).toBe(position)
})

test('events that a follower reads move its checkpoint; those that it skips move it when it ends at the latest', async () => {
  const { append, follow, reaches, load, saves } = world()
  const concerned = await follow('doorkeeper', ['Knocked'])
  const unconcerned = await follow('postman', ['LetterCame'])

  for (let knocks = 0n; knocks < 3n; knocks++) {
    const { position } = await append('Knocked')
    await until(unconcerned.head, (at) => at === position)
    await reaches('doorkeeper', position)
  }
  expect.assert(saves('doorkeeper') >= 3)
  expect(saves('postman')).toBe(0)

  await concerned[Symbol.asyncDispose]()
  await unconcerned[Symbol.asyncDispose]()
  expect(await load('postman')).toBe(3n)
  expect(saves('postman')).toBe(1)
})
