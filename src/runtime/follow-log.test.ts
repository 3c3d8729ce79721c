import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { someMetadata } from '#kernel/testing'
import { until } from '../../test/support/until.ts'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { memoryEventReaders } from '../platform/storage/event-readers/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import type { Leases } from '../platform/messaging/leases/port.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { openFeed } from './feed.ts'
import { followLog, type Follows } from './follow-log.ts'

/** A log of knocks, and followers of it with a shared checkpoint store. */
const world = () => {
  const log = memoryEventLog()
  const stored = memoryCheckpoints()
  const control = memoryControl()
  const saves = new Map<string, number>()
  const moves: { readonly from: bigint; readonly to: bigint }[] = []
  /** Called before each save. */
  const beforeSave = { act: async (): Promise<void> => undefined }
  const checkpoints: typeof stored = {
    ...stored,
    save: async (name, from, to) => {
      moves.push({ from, to })
      saves.set(name, (saves.get(name) ?? 0) + 1)
      await beforeSave.act()
      return stored.save(name, from, to)
    },
  }
  const append = (type: string, times = 1) =>
    log.append(
      `door-${randomUUID()}`,
      'none',
      Array.from({ length: times }, () => ({
        eventId: randomUUID(),
        type,
        data: {},
        metadata: someMetadata,
      })),
    )
  const leases = memoryLeases()
  const follow = async (
    name: string,
    types: readonly string[],
    {
      take = async () => undefined,
      savesAtOnce = false,
      news,
      leased = leases,
      ...options
    }: {
      readonly take?: Follows['take']
      readonly news?: Follows['news']
      readonly savesAtOnce?: boolean
      readonly leased?: Leases
      readonly window?: number
      readonly pace?: number
    } = {},
  ) => {
    const stop = new AbortController()
    const feed = await openFeed(log)
    const begun = Promise.withResolvers<void>()
    const errors: unknown[] = []
    /** The signal of each run. */
    const runs: AbortSignal[] = []
    /** Readers and listeners of the feed that are open. */
    const open = { readers: 0, listeners: 0 }
    const following = followLog(name, stop.signal, {
      types,
      feed: {
        ...feed,
        read: (...args) => {
          const reader = feed.read(...args)
          open.readers += 1
          const close = () => {
            open.readers -= 1
            reader.close()
          }
          return { ...reader, close }
        },
        onMoved: (within, heard) => {
          const end = feed.onMoved(savesAtOnce ? 0 : within, heard)
          open.listeners += 1
          return () => {
            open.listeners -= 1
            end()
          }
        },
      },
      leases: leased,
      checkpoints,
      control,
      newer: {
        catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
        readers: memoryEventReaders(),
      },
      begin: async (signal) => {
        runs.push(signal)
        begun.resolve()
        return { take, ...(news && { news }) }
      },
      onError: (error) => errors.push(error),
      ...options,
    })
    await begun.promise
    const end = async () => {
      stop.abort()
      await following
    }
    return {
      head: feed.head,
      errors,
      runs,
      open,
      end,
      [Symbol.asyncDispose]: async () => {
        await end()
        await feed.close()
      },
    }
  }
  const reaches = async (name: string, position: bigint) =>
    until(
      () => stored.load(name),
      (at) => at === position,
    )
  return {
    append,
    follow,
    reaches,
    stored,
    control,
    beforeSave,
    load: stored.load,
    saves: (name: string) => saves.get(name) ?? 0,
    moves,
  }
}

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate)
}

/** Slices that are taken, each until it is released. */
const held = () => {
  const taken: { readonly position: bigint; readonly release: () => void }[] = []
  const take: Follows['take'] = async ({ position }) => {
    const over = Promise.withResolvers<void>()
    taken.push({ position, release: over.resolve })
    await over.promise
  }
  return { taken, take }
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

test.for([undefined, 1, 3])(
  'at most as many slices are processed at once as the window has (%s)',
  async (window) => {
    const { append, follow } = world()
    const { taken, take } = held()
    await using _ = await follow('doorkeeper', ['Knocked'], { take, ...(window && { window }) })
    const most = window ?? 1
    for (let nth = 1; nth <= most + 2; nth += 1) {
      await append('Knocked')
      await expect.poll(() => taken.length).toBe(Math.min(nth, most))
      await settle()
    }
    expect(taken.length).toBe(most)
    taken[0]?.release()
    // The events that have come meanwhile are one slice.
    await expect.poll(() => taken.at(-1)?.position).toBe(BigInt(most + 2))
    expect(taken.length).toBe(most + 1)
    taken.forEach(({ release }) => release())
  },
)

test('the checkpoint passes slices that are processed while later ones still are, and none before them', async () => {
  const { append, follow, reaches, load } = world()
  const { taken, take } = held()
  await using _ = await follow('doorkeeper', ['Knocked'], { take, window: 3 })
  for (const nth of [1, 2, 3]) {
    await append('Knocked')
    await expect.poll(() => taken.length).toBe(nth)
  }
  taken[0]?.release()
  await reaches('doorkeeper', 1n)
  taken[2]?.release()
  await settle()
  expect(await load('doorkeeper')).toBe(1n)
  taken[1]?.release()
  await reaches('doorkeeper', 3n)
})

test.for([1, 8])(
  'a slice that fails is processed again from the checkpoint, by another run (window %s)',
  async (window) => {
    const { append, follow, reaches } = world()
    const taken: bigint[] = []
    let failures = 2
    await using following = await follow('doorkeeper', ['Knocked'], {
      window,
      take: async ({ position }) => {
        taken.push(position)
        if (position === 2n && failures-- > 0) throw new Error('the door is stuck')
      },
    })
    await append('Knocked')
    await reaches('doorkeeper', 1n)
    await append('Knocked')
    await reaches('doorkeeper', 2n)
    expect(taken).toEqual([1n, 2n, 2n, 2n])
    expect(following.errors.map(String)).toEqual(Array(2).fill('Error: the door is stuck'))
    expect(following.runs.map(({ aborted }) => aborted)).toEqual([true, true, false])
    expect(following.open).toEqual({ readers: 1, listeners: 1 })
    await following.end()
    expect(following.open).toEqual({ readers: 0, listeners: 0 })
  },
)

test('a follower whose checkpoint another process has moved continues from there', async () => {
  const { append, follow, reaches, stored } = world()
  const taken: bigint[] = []
  await using following = await follow('doorkeeper', ['Knocked'], {
    take: async ({ position }) => void taken.push(position),
  })
  await append('Knocked')
  await reaches('doorkeeper', 1n)
  await stored.save('doorkeeper', 1n, 5n)
  for (const nth of [2, 3]) {
    await append('Knocked')
    await expect.poll(() => taken.at(-1)).toBe(BigInt(nth))
  }
  await expect.poll(() => following.runs.length).toBe(2)
  expect(new Set(following.errors.map(String))).toEqual(
    new Set(['Unavailable: doorkeeper is run by another process']),
  )
  for (let nth = 4; nth <= 6; nth += 1) await append('Knocked')
  await expect.poll(() => taken.at(-1)).toBe(6n)
  expect(taken).toEqual([1n, 2n, 3n, 6n])
})

test('a follower that has lost its lease takes nothing, saves nothing and acquires it again', async () => {
  const { append, follow, load } = world()
  const leased = memoryLeases()
  let isLost = false
  const taken: bigint[] = []
  await using following = await follow('doorkeeper', ['Knocked'], {
    take: async ({ position }) => void taken.push(position),
    leased: {
      ...leased,
      acquire: async (name, signal) => {
        const lease = await leased.acquire(name, signal)
        const lost = new AbortController()
        const isHeld = () => {
          if (isLost) lost.abort(new Error('the lease is lost'))
          return !isLost
        }
        return { ...lease, lost: lost.signal, isHeld }
      },
    },
  })
  isLost = true
  await append('Knocked')
  await expect.poll(() => following.errors.map(String)).toContain('Error: the lease is lost')
  expect([taken, await load('doorkeeper')]).toEqual([[], 0n])
  isLost = false
  await expect.poll(() => taken).toEqual([1n])
  expect.assert(following.runs.length > 1)
})

test('a checkpoint that is being saved when the follower ends is saved once', async () => {
  const { append, follow, load, beforeSave } = world()
  const saving = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  beforeSave.act = async () => {
    saving.resolve()
    await mayEnd.promise
  }
  await using following = await follow('doorkeeper', ['Knocked'], { savesAtOnce: true })
  await append('LetterCame')
  await saving.promise
  const ended = following.end()
  await settle()
  mayEnd.resolve()
  await ended
  expect(following.errors).toEqual([])
  expect(await load('doorkeeper')).toBe(1n)
})

test('a request of an operator is answered between slices, once those under way are processed', async () => {
  const { append, follow, control } = world()
  const { taken, take } = held()
  const answered: bigint[] = []
  await using following = await follow('doorkeeper', ['Knocked'], {
    take,
    window: 2,
    news: async (position) => void answered.push(position),
  })
  // A follower begins by answering what was requested before.
  await expect.poll(() => answered).toEqual([0n])
  await control.announce()
  await expect.poll(() => answered).toEqual([0n, 0n])
  await append('Knocked')
  await expect.poll(() => taken.length).toBe(1)
  await control.announce()
  await settle()
  expect(answered.length).toBe(2)
  taken[0]?.release()
  await expect.poll(() => answered).toEqual([0n, 0n, 1n])
  expect([following.errors, following.runs.length]).toEqual([[], 1])
})

const minute = 60_000

test('events that come within the pace share a slice, and the follower ends at once', async () => {
  const { append, follow } = world()
  const taken: bigint[] = []
  const following = await follow('doorkeeper', ['Knocked'], {
    pace: minute,
    take: async ({ position }) => void taken.push(position),
  })
  await append('Knocked')
  await expect.poll(() => taken).toEqual([1n])
  await append('Knocked')
  await expect.poll(following.head).toBe(2n)
  await settle()
  expect(taken).toEqual([1n])
  await following[Symbol.asyncDispose]()
  expect(following.errors).toEqual([])
})

test('a failure within the pace ends the run', async () => {
  const { append, follow } = world()
  let failures = 1
  await using following = await follow('doorkeeper', ['Knocked'], {
    pace: minute,
    window: 2,
    take: async () => {
      await settle()
      if (failures-- > 0) throw new Error('the door is stuck')
    },
  })
  await append('Knocked')
  await expect.poll(() => following.runs.length).toBe(2)
  expect(following.errors.map(String)).toEqual(['Error: the door is stuck'])
})

test('a follower that lags behind keeps no pace, nor does it after a slice without events', async () => {
  const { append, follow } = world()
  await append('Knocked', 2_500)
  const taken: number[] = []
  const take: Follows['take'] = async ({ events }) => void taken.push(events.length)
  await using _ = await follow('doorkeeper', ['Knocked'], { pace: minute, take })
  await expect.poll(() => taken).toEqual([1_000, 1_000, 500])

  const letters: number[] = []
  await using late = await follow('postman', ['LetterCame'], {
    pace: minute,
    take: async ({ events }) => void letters.push(events.length),
  })
  await expect.poll(() => letters).toEqual([0])
  await append('LetterCame')
  await expect.poll(() => letters).toEqual([0, 1])
  expect(late.errors).toEqual([])
})

test('a request of an operator cuts the pace short', async () => {
  const { append, follow, control } = world()
  const taken: bigint[] = []
  let answers = 0
  await using following = await follow('doorkeeper', ['Knocked'], {
    pace: minute,
    take: async ({ position }) => void taken.push(position),
    news: async () => void (answers += 1),
  })
  await expect.poll(() => answers).toBe(1)
  await append('Knocked')
  await expect.poll(() => taken).toEqual([1n])
  await control.announce()
  await expect.poll(() => answers).toBe(2)
  expect(following.errors).toEqual([])
})
