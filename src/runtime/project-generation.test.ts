import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { decider, Fields, projection } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryDocuments } from '../platform/storage/documents/memory.ts'
import { GenerationMissing, type DocumentStore } from '../platform/storage/documents/port.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { NewerVersion } from '../platform/newer-version.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { sumsOf } from '../../test/support/sums.ts'
import { openFeed } from './feed.ts'
import { groupedWriter, type GroupedWriter } from './grouped-writer.ts'
import { projectGeneration, type GenerationRun } from './project-generation.ts'
import type { RunHere } from './progress.ts'

const sums = sumsOf()

test('a run with an end does not mind an event of a newer version behind it', async () => {
  const log = memoryEventLog()
  const documents = memoryDocuments()
  const feed = await openFeed(log)
  const generation = await documents.begin(sums)
  const newer = randomUUID()
  const added = [1, 2, 3].map((by) => ({
    eventId: randomUUID(),
    type: 'Added',
    data: { by },
    metadata: by === 3 ? { ...someMetadata, correlationId: newer } : someMetadata,
  }))
  await log.append('counter-x', 'none', added)
  await expect.poll(() => feed.head()).toBe(3n)
  const runUntil = (until: bigint) =>
    projectGeneration(generation, {
      feed,
      documents,
      letters: memoryDeadLetters(),
      control: memoryControl(),
      isHeld: () => true,
      catalogue: {
        unreadable: ({ metadata }) =>
          metadata.correlationId === newer ? 'a newer version' : undefined,
        streamTold: (stream) => stream,
      },
      signal: new AbortController().signal,
      onError: () => undefined,
      until,
    })
  expect(await runUntil(2n)).toBe(2n)
  const found = await documents.load(generation, ['x'])
  expect(found.get('x')).toEqual({ id: 'x', sum: 3 })
  await expect(runUntil(3n)).rejects.toBeInstanceOf(NewerVersion)
  await feed.close()
})

const letters = decider({
  name: 'letters',
  id: Type.String(),
  commands: {},
  events: { Sent: Fields({}), Passed: Fields({}) },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { Sent: () => null, Passed: () => null },
})

/** Counts letters; `Passed` is read, and concerns no document. Fails for `broken` ones. */
const mail = (flaw: { isBroken: boolean } = { isBroken: false }, delay = 0) =>
  projection({
    name: 'mail',
    store: 'postgres',
    within: 60_000,
    document: Fields({ id: Type.String(), times: Type.Integer() }),
    from: [letters],
    key: ({ id, type }) => (type === 'Passed' ? undefined : id),
    delay,
  }).rules({
    Sent: (document, _, id) => {
      if (flaw.isBroken && id === 'broken') throw new Error('a flaw in the rule')
      return { id, times: (document?.times ?? 0) + 1 }
    },
    Passed: (document) => document,
  })

type Type = 'Sent' | 'Passed' | 'Other'

/** A log, and a generation that is folded from it by a process. */
const world = async ({
  flaw,
  delay,
  change = () => ({}),
}: {
  readonly flaw?: { isBroken: boolean }
  readonly delay?: number
  readonly change?: (store: DocumentStore) => Partial<DocumentStore>
} = {}) => {
  const log = memoryEventLog()
  const parked = memoryDeadLetters()
  const control = memoryControl()
  const memory = memoryDocuments()
  const generation = await memory.begin(mail(flaw, delay))
  await memory.publish(generation)
  const changed = { ...memory, ...change(memory) }
  const calls: string[] = []
  const noting =
    <A extends readonly unknown[], R>(name: string, call: (...args: A) => R) =>
    (...args: A): R => {
      calls.push(name)
      return call(...args)
    }
  const documents: DocumentStore = {
    ...changed,
    position: noting('position', changed.position),
    write: noting('write', changed.write),
    advance: noting('advance', changed.advance),
  }
  const feed = await openFeed(log, { onError: (error) => expect.unreachable(String(error)) })
  onTestFinished(feed.close)
  const append = async (id: string, type: Type = 'Sent', times = 1) => {
    const { position } = await log.append(
      `letters-${id}`,
      'any',
      Array.from({ length: times }, () => ({
        eventId: randomUUID(),
        type,
        data: {},
        metadata: someMetadata,
      })),
    )
    await happens(() => feed.head() === position)
    return position
  }
  const asked: unknown[] = []
  const readers = { open: 0 }
  const run = (options: Partial<GenerationRun> = {}) => {
    const stop = new AbortController()
    const errors: string[] = []
    const over = projectGeneration(generation, {
      feed: {
        ...feed,
        read: (...args) => {
          const reader = feed.read(...args)
          readers.open += 1
          const close = () => {
            readers.open -= 1
            reader.close()
          }
          return { ...reader, close }
        },
      },
      documents,
      letters: {
        ...parked,
        requested: (follower) => {
          asked.push(follower)
          return parked.requested(follower)
        },
      },
      control,
      isHeld: () => true,
      catalogue: { unreadable: () => undefined, streamTold: (stream) => stream },
      signal: stop.signal,
      onError: (error) => errors.push(String(error)),
      ...options,
    })
    return {
      errors,
      over,
      stop,
      end: () => {
        stop.abort()
        return over
      },
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await over.catch(() => undefined)
      },
    }
  }
  /** A group that folds only when it is woken, and lists who joins. */
  const group = () => {
    const joins: unknown[] = []
    const inner = groupedWriter({ documents, feed: { onMoved: () => () => undefined } })
    const writer: GroupedWriter = {
      ...inner,
      join: (...args) => {
        joins.push(args)
        return inner.join(...args)
      },
    }
    return { writer, joins }
  }
  const times = async (id: string) => (await memory.get(generation.projection, id)) as unknown
  const position = () => memory.position(generation)
  return {
    append,
    parked,
    control,
    memory,
    generation,
    calls,
    run,
    group,
    times,
    position,
    asked,
    readers,
  }
}

/** Lets everything happen that needs no time. */
const settle = async () => {
  for (let turns = 0; turns < 8; turns += 1) await new Promise(setImmediate)
}

/** Waits for a condition without timers. */
const happens = async (holds: () => boolean) => {
  while (!holds()) await new Promise(setImmediate)
}

const useFakeTimers = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  vi.advanceTimersByTime(1_000)
}

describe('a generation', () => {
  test('without anything to fold has caught up at once, and reads its position once', async () => {
    const { calls, run, readers } = await world()
    const progress: string[] = []
    const running = run({
      moved: () => progress.push('moved'),
      caughtUp: () => progress.push('caught up'),
    })
    await happens(() => progress.length > 0)
    await settle()
    expect(progress).toEqual(['moved', 'caught up'])
    expect(await running.end()).toBe(0n)
    expect([running.errors, calls, readers.open]).toEqual([[], ['position'], 0])
    // Callbacks are optional.
    expect(await run().end()).toBe(0n)
  })

  test('has caught up after the last slice of the log, and not before', async () => {
    let caughtUp = 0
    const seen: number[] = []
    const { append, run, times, position } = await world({
      change: (store) => ({
        write: (...args) => {
          seen.push(caughtUp)
          return store.write(...args)
        },
      }),
    })
    await append('a', 'Sent', 2_500)
    const running = run({ caughtUp: () => (caughtUp += 1) })
    await expect.poll(() => caughtUp).toBeGreaterThan(0)
    expect(seen).toEqual([0, 0, 0])
    expect([await times('a'), await position()]).toEqual([{ id: 'a', times: 2_500 }, 2_500n])
    expect(await running.end()).toBe(2_500n)
    expect(running.errors).toEqual([])
  })

  test('has caught up with a log to which events are added all the time', async () => {
    let caughtUp = 0
    let more = async (): Promise<unknown> => undefined
    const { append, run } = await world({
      change: (store) => ({
        write: async (...args) => {
          await more()
          return store.write(...args)
        },
      }),
    })
    await append('a')
    more = () => append('a')
    await using running = run({ caughtUp: () => (caughtUp += 1) })
    await expect.poll(() => caughtUp).toBeGreaterThan(0)
    expect(running.errors).toEqual([])
  })

  test('up to a position folds every event up to there, and none behind it', async () => {
    const { append, run, times } = await world()
    await append('a', 'Sent', 3_000)
    const { over, errors } = run({ until: 2_500n })
    expect(await over).toBe(2_500n)
    expect([await times('a'), errors]).toEqual([{ id: 'a', times: 2_500 }, []])
  })

  test('that another process has moved fails, and continues from there', async () => {
    const { append, memory, generation, run, times } = await world()
    await append('a', 'Sent', 2)
    await using running = run()
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 2 })
    await memory.advance([{ generation, from: 2n, to: 3n }])
    await append('a')
    await expect.poll(() => running.errors.length).toBeGreaterThan(0)
    await append('a')
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 3 })
    expect(new Set(running.errors)).toEqual(
      new Set(['Unavailable: mail is written by another process']),
    )
    await memory.advance([{ generation, from: 4n, to: 9n }])
    await append('a', 'Other')
    running.errors.length = 0
    await running.end()
    expect(running.errors).toEqual(['Unavailable: mail is written by another process'])
  })

  test('whose store has lost it ends with that, and reports it nowhere else', async () => {
    const { append, run } = await world({
      change: () => ({ load: () => Promise.reject(new GenerationMissing('lost')) }),
    })
    await append('a')
    const { over, errors } = run()
    await expect(over).rejects.toBeInstanceOf(GenerationMissing)
    expect(errors).toEqual([])
  })

  test('that must not go on writes nothing', async () => {
    const { append, calls, run, position } = await world()
    await append('a')
    const lost = new AbortController()
    const { over, errors } = run({
      signal: lost.signal,
      isHeld: () => {
        lost.abort()
        return false
      },
    })
    await over
    expect([calls, errors, await position()]).toEqual([['position'], [], 0n])
  })

  test('ends without an error in the middle of a load', async () => {
    const loading = Promise.withResolvers<void>()
    const failing = Promise.withResolvers<void>()
    const { append, run, readers } = await world({
      change: () => ({
        load: async () => {
          loading.resolve()
          await failing.promise
          throw new Unavailable('away')
        },
      }),
    })
    await append('a')
    const running = run()
    await loading.promise
    const ended = running.end()
    failing.resolve()
    expect([await ended, running.errors, readers.open]).toEqual([0n, [], 0])
  })

  test('that cannot be known to be written is read again, and what was written is not folded twice', async () => {
    useFakeTimers()
    let outages = 1
    const { append, run, times } = await world({
      change: (store) => ({
        write: async (...args) => {
          const written = await store.write(...args)
          if (outages-- > 0) throw new Unavailable('away')
          return written
        },
      }),
    })
    await append('a')
    const seen: bigint[] = []
    let here: RunHere | undefined
    await using running = run({
      begun: (it) => (here = it),
      moved: () => void seen.push(here!.position()),
    })
    // Waits are notified of it before there is anything else to read.
    await happens(() => seen.at(-1) === 1n)
    expect([seen, running.errors]).toEqual([[0n, 1n], ['Unavailable: away']])
    await append('a')
    await happens(() => seen.at(-1) === 2n)
    expect(await times('a')).toEqual({ id: 'a', times: 2 })
  })
})

describe('the position of a generation that is folded alone', () => {
  test('is saved when it ends, past events that it does not read', async () => {
    const { append, calls, run, position } = await world()
    const running = run()
    await append('a', 'Other')
    expect(await running.end()).toBe(1n)
    expect([await position(), calls]).toEqual([1n, ['position', 'advance']])
  })

  test('is saved now and then past events that change nothing, which are not written', async () => {
    useFakeTimers()
    const { append, calls, run, position } = await world()
    await using _ = run()
    await settle()
    for (const at of [1n, 2n]) expect(await append('a', 'Passed')).toBe(at)
    await settle()
    vi.advanceTimersByTime(199)
    await append('a', 'Passed')
    await settle()
    expect(calls).toEqual(['position'])
    vi.advanceTimersByTime(1)
    await append('a', 'Passed')
    await happens(() => calls.length > 1)
    await settle()
    expect([await position(), calls]).toEqual([4n, ['position', 'advance']])
    await append('a', 'Passed')
    await settle()
    expect(calls.length).toBe(2)
  })

  test('is saved soon where it has moved before, and seldom afterwards', async () => {
    useFakeTimers()
    const { append, run, position, calls } = await world()
    await append('a', 'Other')
    await using _ = run()
    await happens(() => calls.length > 0)
    await settle()
    vi.advanceTimersByTime(200)
    await settle()
    expect(await position()).toBe(1n)
    await append('a', 'Other')
    vi.advanceTimersByTime(4_000)
    await settle()
    expect(await position()).toBe(1n)
    vi.advanceTimersByTime(1_000)
    await settle()
    expect(await position()).toBe(2n)
  })

  test('reaches its end soon, also past events that it does not read', async () => {
    useFakeTimers()
    const { append, run, calls } = await world()
    const { over } = run({ until: 1n })
    let end: unknown
    void over.then((at) => (end = at))
    await happens(() => calls.length > 0)
    await settle()
    await append('a', 'Other')
    vi.advanceTimersByTime(200)
    await settle()
    expect(end).toBe(1n)
  })
})

describe('a generation in a group', () => {
  test('is folded there once it has caught up, whenever there is something to fold', async () => {
    const { append, run, group, times } = await world()
    const { writer, joins } = group()
    await append('a')
    await using running = run({ writer })
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
    await expect.poll(() => joins.length).toBe(1)
    for (const count of [2, 3]) {
      await append('a')
      await expect.poll(() => times('a')).toEqual({ id: 'a', times: count })
    }
    expect([joins.length, running.errors]).toEqual([1, []])
  })

  test('is folded outside where its next events are no longer in memory, and joins again', async () => {
    const loading = Promise.withResolvers<void>()
    const { append, run, group, times } = await world({
      change: (store) => ({
        load: async (generation, keys) => {
          if (keys.includes('slow')) await loading.promise
          return store.load(generation, keys)
        },
      }),
    })
    const { writer, joins } = group()
    await using running = run({ writer })
    await happens(() => joins.length === 1)
    await append('slow')
    for (let nth = 0; nth < 9; nth += 1) await append('a', 'Sent', 1_000)
    loading.resolve()
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 9_000 })
    await expect.poll(() => joins.length).toBe(2)
    await append('a')
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 9_001 })
    expect(running.errors).toEqual([])
  })

  test('joins again soon after an outage', async () => {
    let isAway = true
    const { append, run, group, times, readers } = await world({
      change: (store) => ({
        write: async (...args) => {
          if (isAway) throw new Unavailable('away')
          return store.write(...args)
        },
      }),
    })
    const { writer, joins } = group()
    await using running = run({ writer })
    await happens(() => joins.length === 1)
    useFakeTimers()
    await append('a')
    await happens(() => running.errors.length > 0)
    isAway = false
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
    await settle()
    vi.advanceTimersByTime(200)
    await happens(() => joins.length === 2)
    expect([new Set(running.errors), readers.open]).toEqual([new Set(['Unavailable: away']), 1])
  })

  test('is written at once for the furthest position that a caller waits for', async () => {
    const { append, run, group, times } = await world({ delay: 60_000 })
    const { writer, joins } = group()
    let here: RunHere | undefined
    await using _ = run({ writer, begun: (it) => (here = it) })
    await happens(() => joins.length === 1)
    await append('a')
    await settle()
    expect(await times('a')).toBeUndefined()
    const done = here!.hurry(1n)
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
    await append('a')
    await settle()
    expect(await times('a')).toEqual({ id: 'a', times: 1 })
    here!.hurry(2n)()
    await settle()
    expect(await times('a')).toEqual({ id: 'a', times: 1 })
    const ends = [here!.hurry(2n), here!.hurry(1n)]
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 2 })
    for (const end of [done, ...ends]) end()
  })

  test('leaves it for a request of an operator only', async () => {
    const { append, run, group, parked, control, asked, times } = await world()
    const { writer, joins } = group()
    await using running = run({ writer })
    await happens(() => joins.length === 1)
    await settle()
    expect(asked.length).toBe(0)
    await control.announce()
    await happens(() => asked.length === 1)
    await settle()
    expect(joins.length).toBe(1)
    await append('a')
    await expect.poll(() => times('a')).toEqual({ id: 'a', times: 1 })
    const follower = { kind: 'projection', name: 'mail', generation: 1 } as const
    await parked.park(follower, { key: 'a', position: 1n, type: 'Sent', error: 'by hand' })
    await parked.requestRetry((await parked.list())[0]!.id)
    await control.announce()
    await expect.poll(() => parked.list()).toEqual([])
    await expect.poll(() => joins.length).toBe(2)
    expect([await times('a'), running.errors]).toEqual([{ id: 'a', times: 1 }, []])
  })
})

describe('a request of an operator', () => {
  test('that was made before is answered at the start, and later ones at once, also by a generation that is built', async () => {
    const flaw = { isBroken: true }
    const { append, run, parked, control, times } = await world({ flaw })
    await append('broken')
    {
      await using running = run()
      await expect.poll(async () => (await parked.list()).length).toBe(1)
      expect(running.errors).toEqual(['Error: a flaw in the rule'])
    }
    flaw.isBroken = false
    await parked.requestRetry((await parked.list())[0]!.id)
    let here: RunHere | undefined
    await using running = run({ begun: (it) => (here = it) })
    await expect.poll(() => times('broken')).toEqual({ id: 'broken', times: 1 })
    expect(await parked.list()).toEqual([])
    // Nothing is late that is folded alone.
    here!.hurry(5n)()

    flaw.isBroken = true
    await append('broken')
    await expect.poll(async () => (await parked.list()).length).toBe(1)
    flaw.isBroken = false
    await parked.requestRetry((await parked.list())[0]!.id)
    await control.announce()
    await expect.poll(() => times('broken')).toEqual({ id: 'broken', times: 2 })
    expect(running.errors).toEqual(['Error: a flaw in the rule'])
  })

  test('is answered after an outage, or after another process has moved the generation', async () => {
    const flaw = { isBroken: true }
    let isAway = false
    const { append, memory, generation, run, parked, control, times, position } = await world({
      flaw,
      change: (store) => ({
        write: async (...args) => {
          if (isAway) throw new Unavailable('away')
          return store.write(...args)
        },
      }),
    })
    await using running = run()
    await append('broken')
    await expect.poll(async () => (await parked.list()).length).toBe(1)
    flaw.isBroken = false
    running.errors.length = 0
    isAway = true
    await parked.requestRetry((await parked.list())[0]!.id)
    await control.announce()
    await expect.poll(() => running.errors.length).toBeGreaterThan(1)
    expect([new Set(running.errors), await times('broken')]).toEqual([
      new Set(['Unavailable: away']),
      undefined,
    ])
    isAway = false
    await expect.poll(() => times('broken')).toEqual({ id: 'broken', times: 1 })
    expect(await parked.list()).toEqual([])

    flaw.isBroken = true
    await append('broken')
    await expect.poll(async () => (await parked.list()).length).toBe(1)
    flaw.isBroken = false
    await append('a', 'Passed')
    await memory.advance([{ generation, from: await position(), to: 4n }])
    running.errors.length = 0
    await parked.requestRetry((await parked.list())[0]!.id)
    await control.announce()
    await expect
      .poll(() => running.errors)
      .toEqual(['Unavailable: mail is written by another process'])
    expect((await parked.list()).length).toBe(1)
    // The feed of this process reaches the position of the other one.
    await append('a', 'Other')
    await expect.poll(() => times('broken')).toEqual({ id: 'broken', times: 2 })
    expect(await parked.list()).toEqual([])
  })
})
