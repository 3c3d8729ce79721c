import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { catalogue, decider, Fields, personal, publishing } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { brokers } from '../../test/support/brokers.ts'
import { until } from '../../test/support/until.ts'
import { memoryBridge } from '../platform/messaging/bridge/memory.ts'
import { inNats } from '../platform/messaging/bridge/testing/fixtures.ts'
import { MessageRefused, type Bridge } from '../platform/messaging/bridge/port.ts'
import { memoryControl } from '../platform/messaging/control/memory.ts'
import { memoryLeases } from '../platform/messaging/leases/memory.ts'
import { memoryCheckpoints } from '../platform/storage/checkpoints/memory.ts'
import { memoryDeadLetters } from '../platform/storage/dead-letters/memory.ts'
import { memoryEventLog } from '../platform/storage/event-log/memory.ts'
import { memoryEventReaders } from '../platform/storage/event-readers/memory.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { openFeed } from './feed.ts'
import { publish } from './publish.ts'
import { publisherOf } from './publisher-name.ts'

const letter = decider({
  name: 'letter',
  id: Type.String(),
  commands: {},
  events: {
    LetterSent: Fields({ to: personal(Type.String()), stamp: Type.Integer() }),
    LetterBurnt: Fields({}),
  },
  refusals: {},
}).rules<null>({
  initialState: null,
  decide: {},
  evolve: { LetterSent: () => null, LetterBurnt: () => null },
})

const published = [
  {
    ...publishing(letter)('LetterSent', {
      version: 2,
      names: ['LETTER_SENT'],
      data: Fields({ letterId: Type.String(), to: personal(Type.String()), stamp: Type.Integer() }),
      of: ({ to, stamp }, letterId) => {
        if (stamp < 0) throw new Error('There is no such stamp')
        return { letterId, to, stamp }
      },
    }),
    context: 'post',
  },
]

/** A log of letters, and publishers that share the stores of their runtime. */
const world = () => {
  const log = memoryEventLog()
  const leases = memoryLeases()
  const checkpoints = memoryCheckpoints()
  const stored = memoryDeadLetters()
  const begun = Promise.withResolvers<void>()
  /** The checkpoint at each removal of a dead letter. */
  const resolved: bigint[] = []
  const letters: typeof stored = {
    ...stored,
    list: async (follower) => {
      // The publisher asks for those of its own once it knows where it begins.
      if (follower) begun.resolve()
      return stored.list(follower)
    },
    resolve: async (id) => {
      resolved.push((await checkpoints.load(publisherOf('memory'))) ?? 0n)
      await stored.resolve(id)
    },
  }
  const control = memoryControl()
  const append = async (id: string, ...stamps: readonly number[]) =>
    log.append(
      `letter-${id}`,
      'any',
      stamps.map((stamp) => ({
        eventId: randomUUID(),
        type: 'LetterSent',
        data: { to: 'Ada', stamp },
        metadata: someMetadata,
      })),
    )
  const start = async (
    bridge: Bridge,
    {
      from = 'start',
      personal: named = [],
    }: { from?: 'start' | 'now'; personal?: readonly string[] } = {},
  ) => {
    const stop = new AbortController()
    const feed = await openFeed(log)
    const errors: unknown[] = []
    const running = publish('memory', stop.signal, {
      bridge,
      published,
      personal: new Set(named),
      from,
      feed,
      log,
      leases,
      checkpoints,
      control,
      letters,
      newer: { catalogue: catalogue([letter]), readers: memoryEventReaders() },
      onError: (error) => errors.push(error),
    })
    return {
      errors,
      [Symbol.asyncDispose]: async () => {
        stop.abort()
        await running
        await feed.close()
      },
    }
  }
  const reaches = (position: bigint) =>
    until(
      () => checkpoints.load(publisherOf('memory')),
      (at) => at === position,
    )
  return {
    log,
    letters,
    control,
    checkpoints,
    append,
    start,
    reaches,
    resolved,
    begun: begun.promise,
  }
}

/** The stamps of published messages, by stream. */
const stampsOf = ({ published: all }: Pick<ReturnType<typeof memoryBridge>, 'published'>) =>
  Object.fromEntries(
    [...Map.groupBy(all, ({ key }) => key)].map(([key, some]) => [
      key,
      some.map(({ body }) => JSON.parse(String(body)).data.stamp as number),
    ]),
  )

test('declared events are published as CloudEvents, without personal fields; the checkpoint follows', async () => {
  const { log, append, start, reaches } = world()
  const bridge = memoryBridge()
  await append('a', 1)
  const { position } = await log.append('letter-a', 0, [
    { eventId: randomUUID(), type: 'LetterBurnt', data: {}, metadata: someMetadata },
  ])
  const [first] = await log.read('letter-a')
  {
    await using _ = await start(bridge)
    await until(() => bridge.published.length > 0, Boolean)
  }
  await reaches(position)
  expect(bridge.published).toHaveLength(1)
  const { id, key, topic, names, body } = bridge.published[0]!
  expect({ id, key, topic, names }).toEqual({
    id: first!.eventId,
    key: 'letter-a',
    topic: 'post.LetterSent',
    names: ['LETTER_SENT'],
  })
  expect(JSON.parse(String(body))).toEqual({
    specversion: '1.0',
    id: first!.eventId,
    source: '/agora/post',
    type: 'agora.post.LetterSent.v2',
    subject: 'letter-a',
    time: first!.at,
    datacontenttype: 'application/json',
    partitionkey: 'letter-a',
    position: '1',
    revision: 0,
    correlationid: first!.metadata.correlationId,
    causationid: first!.metadata.causationId,
    names: 'LETTER_SENT',
    data: { letterId: 'a', stamp: 1 },
  })
})

test('a personal field that is named is published', async () => {
  const { append, start } = world()
  const bridge = memoryBridge()
  await append('a', 1)
  await using _ = await start(bridge, { personal: ['LetterSent.to'] })
  await until(() => bridge.published.length > 0, Boolean)
  expect(JSON.parse(String(bridge.published[0]?.body)).data).toEqual({
    letterId: 'a',
    to: 'Ada',
    stamp: 1,
  })
})

test('a broker that is away is tried again: nothing is lost, and the checkpoint waits', async () => {
  const { append, start, reaches, checkpoints } = world()
  const bridge = memoryBridge()
  let isAway = true
  let attempts = 0
  const flaky: Bridge = {
    ...bridge,
    publish: async (messages) => {
      attempts += 1
      // A part of them has been published, as far as nobody knows.
      await bridge.publish(isAway ? messages.slice(0, 2) : messages)
      if (isAway) throw new Unavailable('away')
    },
  }
  const { position } = await append('a', 1, 2, 3)
  await using running = await start(flaky)
  await until(() => attempts >= 2, Boolean)
  expect(await checkpoints.load(publisherOf('memory'))).toBe(0n)
  isAway = false
  await reaches(position)
  expect(running.errors.every((error) => error instanceof Unavailable)).toBe(true)
  const seen = new Map(bridge.published.map(({ id, body }) => [id, JSON.parse(String(body))]))
  expect([...seen.values()].map(({ data }) => data.stamp)).toEqual([1, 2, 3])
})

test('a refused message parks its stream, the others go on; a retry publishes what waited, in order', async () => {
  const { append, start, reaches, letters, control } = world()
  const bridge = memoryBridge()
  let refused = [13]
  const strict: Bridge = {
    ...bridge,
    publish: async (messages) => {
      const stamps = messages.map(({ body }) => JSON.parse(String(body)).data.stamp as number)
      if (stamps.some((stamp) => refused.includes(stamp))) throw new MessageRefused('too large')
      await bridge.publish(messages)
    },
  }
  await append('a', 12, 13, 14)
  await append('b', 1)
  await using _ = await start(strict)
  await until(async () => (await letters.list()).length > 0, Boolean)
  await append('a', 15)
  await reaches((await append('b', 2)).position)
  expect(stampsOf(bridge)).toEqual({ 'letter-a': [12], 'letter-b': [1, 2] })
  const [parked] = await letters.list()
  expect(parked).toMatchObject({
    kind: 'bridge',
    name: 'memory',
    key: 'letter-a',
    position: 2n,
    type: 'LetterSent',
  })

  await letters.requestRetry(parked!.id)
  await control.announce()
  await until(async () => (await letters.list())[0]?.attempts === 2, Boolean)
  refused = []
  await letters.requestRetry(parked!.id)
  await control.announce()
  await until(async () => (await letters.list()).length === 0, Boolean)
  await append('a', 16)
  await until(() => stampsOf(bridge)['letter-a']?.includes(16) ?? false, Boolean)
  expect(stampsOf(bridge)['letter-a']).toEqual([12, 13, 14, 15, 16])
})

/** A bridge whose calls overlap; each is confirmed or refused by hand. */
const handBridge = () => {
  const calls: {
    readonly stamps: readonly number[]
    readonly confirm: () => void
    readonly fail: (error: Error) => void
  }[] = []
  const publish: Bridge['publish'] = (messages) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stamps = messages.map(({ body }) => JSON.parse(String(body)).data.stamp as number)
    calls.push({ stamps, confirm: resolve, fail: reject })
    return promise
  }
  const bridge: Bridge = { publish, line: () => ({ publish }), close: async () => undefined }
  const called = (count: number) => until(() => calls.length === count, Boolean)
  return { bridge, calls, called }
}

test('a slice is sent beside the one before it, and the checkpoint waits for both', async () => {
  const { append, start, reaches, checkpoints } = world()
  const { bridge, calls, called } = handBridge()
  await using _ = await start(bridge)
  await append('a', 1)
  await called(1)
  const { position } = await append('a', 2)
  await called(2)
  calls[1]!.confirm()
  await new Promise(setImmediate)
  expect(await checkpoints.load(publisherOf('memory'))).toBe(0n)
  calls[0]!.confirm()
  await reaches(position)
  expect(calls.map(({ stamps }) => stamps)).toEqual([[1], [2]])
})

test('what was sent beside a refused slice is sent again, without the stream that was parked', async () => {
  const { append, start, reaches, letters } = world()
  const { bridge, calls, called } = handBridge()
  await using _ = await start(bridge)
  await append('a', 13)
  await called(1)
  await append('a', 14)
  await called(2)
  const { position } = await append('b', 1)
  for (const call of calls) call.fail(new MessageRefused('too large'))
  await called(3)
  calls[2]!.fail(new MessageRefused('too large'))
  await called(4)
  calls[3]!.confirm()
  await reaches(position)
  expect(calls.map(({ stamps }) => stamps)).toEqual([[13], [14], [13], [1]])
  expect(await letters.list()).toMatchObject([{ key: 'letter-a', position: 1n }])
})

test('a skip leaves out the refused event; the letter moves on to the next that is refused', async () => {
  const { append, start, letters, control } = world()
  const bridge = memoryBridge()
  const strict: Bridge = {
    ...bridge,
    publish: async (messages) => {
      const stamps = messages.map(({ body }) => JSON.parse(String(body)).data.stamp as number)
      if (stamps.some((stamp) => stamp > 90)) throw new MessageRefused('too large')
      await bridge.publish(messages)
    },
  }
  await append('a', 1, 91, 2, 92, 3)
  await using _ = await start(strict)
  await until(async () => (await letters.list()).length > 0, Boolean)
  const skip = async () => {
    const [letter] = await letters.list()
    await letters.requestSkip(letter!.id, letter!.position)
    await control.announce()
  }
  await skip()
  await until(
    async () => (await letters.list())[0],
    (letter) => letter?.position === 4n,
  )
  expect(stampsOf(bridge)['letter-a']).toEqual([1, 2])
  expect(await letters.list()).toMatchObject([{ type: 'LetterSent', attempts: 1 }])
  await skip()
  await until(async () => (await letters.list()).length === 0, Boolean)
  expect(stampsOf(bridge)['letter-a']).toEqual([1, 2, 3])
})

test('a skip that is requested while a retry fails is carried out after it', async () => {
  const { append, start, letters, control } = world()
  const { bridge, calls, called } = handBridge()
  await append('a', 91, 2)
  await using _ = await start(bridge)
  const refuse = (nth: number) => calls[nth]!.fail(new MessageRefused('too large'))
  for (const nth of [0, 1]) {
    await called(nth + 1)
    refuse(nth)
  }
  await until(async () => (await letters.list()).length > 0, Boolean)
  const [{ id, position } = { id: '', position: 0n }] = await letters.list()
  await letters.requestRetry(id)
  await control.announce()
  await called(3)
  await letters.requestSkip(id, position)
  await control.announce()
  for (const nth of [2, 3]) {
    await called(nth + 1)
    refuse(nth)
  }
  await called(5)
  calls[4]!.confirm()
  await until(async () => (await letters.list()).length === 0, Boolean)
  expect(calls.map(({ stamps }) => stamps)).toEqual([[91, 2], [91], [91, 2], [91], [2]])
})

test('a retry that is requested in place of a skip publishes the event, also after it failed once', async () => {
  const { append, start, letters, control } = world()
  const { bridge, calls, called } = handBridge()
  await append('a', 91)
  await using _ = await start(bridge)
  const refuse = async (nth: number) => {
    await called(nth + 1)
    calls[nth]!.fail(new MessageRefused('too large'))
  }
  await refuse(0)
  await refuse(1)
  await until(async () => (await letters.list()).length > 0, Boolean)
  const [{ id, position } = { id: '', position: 0n }] = await letters.list()
  await letters.requestSkip(id, position)
  await letters.requestRetry(id)
  await control.announce()
  await refuse(2)
  await refuse(3)
  await until(async () => (await letters.list())[0]?.attempts === 2, Boolean)
  expect(await letters.list()).toMatchObject([{ type: 'LetterSent', position }])
  await letters.requestRetry(id)
  await control.announce()
  await called(5)
  calls[4]!.confirm()
  await until(async () => (await letters.list()).length === 0, Boolean)
  expect(calls.map(({ stamps }) => stamps)).toEqual([[91], [91], [91], [91], [91]])
})

test('a skipped event is behind the checkpoint before its dead letter is removed', async () => {
  const { append, start, letters, control, checkpoints, resolved } = world()
  const bridge = memoryBridge()
  const strict: Bridge = {
    ...bridge,
    publish: async () => {
      throw new MessageRefused('too large')
    },
  }
  const { position } = await append('a', 91)
  await using _ = await start(strict)
  await until(async () => (await letters.list()).length > 0, Boolean)
  const [{ id } = { id: '' }] = await letters.list()
  await letters.requestSkip(id, position)
  await control.announce()
  await until(() => resolved.length, Boolean)
  expect(resolved).toEqual([position])
  expect(await checkpoints.load(publisherOf('memory'))).toBe(position)
})

test('an event that cannot be converted parks its stream, after what came before it', async () => {
  const { append, start, reaches, letters } = world()
  const bridge = memoryBridge()
  await append('a', 1, -1, 2)
  const { position } = await append('b', 1)
  await using _ = await start(bridge)
  await reaches(position)
  expect(stampsOf(bridge)).toEqual({ 'letter-a': [1], 'letter-b': [1] })
  expect((await letters.list()).map(({ error }) => error)).toEqual([
    expect.stringContaining('There is no such stamp'),
  ])
})

test('a retry of an event that cannot be converted parks it again, and the others go on', async () => {
  const { append, start, reaches, letters, control } = world()
  const bridge = memoryBridge()
  await append('a', 1, -1, 2)
  await using running = await start(bridge)
  await until(async () => (await letters.list()).length > 0, Boolean)
  const [parked] = await letters.list()
  await letters.requestRetry(parked!.id)
  await control.announce()
  await until(async () => (await letters.list())[0]?.attempts === 2, Boolean)
  await reaches((await append('b', 1, 2)).position)
  expect(stampsOf(bridge)).toEqual({ 'letter-a': [1], 'letter-b': [1, 2] })
  expect(await letters.list()).toMatchObject([
    { position: 2n, error: expect.stringContaining('There is no such stamp') },
  ])
  expect(running.errors).toHaveLength(1)
})

test('one of several processes publishes', async () => {
  const { append, start, reaches } = world()
  const bridge = memoryBridge()
  await using _one = await start(bridge)
  await using _two = await start(bridge)
  await append('a', 1, 2)
  await reaches((await append('a', 3)).position)
  expect(stampsOf(bridge)).toEqual({ 'letter-a': [1, 2, 3] })
})

test('the first publisher may begin with the next event', async () => {
  const { append, start, reaches } = world()
  const bridge = memoryBridge()
  const { position } = await append('a', 1)
  await using _ = await start(bridge, { from: 'now' })
  await reaches(position)
  await append('a', 2)
  await until(() => bridge.published.length > 0, Boolean)
  expect(stampsOf(bridge)).toEqual({ 'letter-a': [2] })
})

test('a publisher that began with the next event of an empty log skips none after a failure', async () => {
  const { append, start, reaches, begun } = world()
  const bridge = memoryBridge()
  let attempts = 0
  let isAway = true
  const flaky: Bridge = {
    ...bridge,
    publish: async (messages) => {
      attempts += 1
      if (isAway) throw new Unavailable('away')
      await bridge.publish(messages)
    },
  }
  await using _ = await start(flaky, { from: 'now' })
  await begun
  await append('a', 1)
  await until(() => attempts > 0, Boolean)
  isAway = false
  await reaches((await append('a', 2)).position)
  expect(stampsOf(bridge)).toEqual({ 'letter-a': [1, 2] })
})

test('a publisher whose checkpoint was set to 0 publishes everything again', async () => {
  const { append, start, reaches, checkpoints } = world()
  const bridge = memoryBridge()
  await checkpoints.begin(publisherOf('memory'), 0n)
  const { position } = await append('a', 1, 2)
  await using _ = await start(bridge, { from: 'now' })
  await reaches(position)
  expect(stampsOf(bridge)).toEqual({ 'letter-a': [1, 2] })
})

test.skipIf(!brokers.nats.has)(
  `nothing is lost when broker and publisher are killed in turn, and streams stay in order${brokers.nats.needs}`,
  async () => {
    const { log, append, start, reaches } = world()
    await using nats = await inNats()
    const streams = Array.from({ length: 20 }, (_, nth) => String(nth))
    const rounds = async (from: number, to: number) => {
      for (let stamp = from; stamp < to; stamp += 1)
        await Promise.all(streams.map((id) => append(id, stamp)))
      return log.head()
    }
    const opened = () => {
      const bridge = nats.open()
      return { bridge, [Symbol.asyncDispose]: () => bridge.close() }
    }
    await rounds(0, 50)
    {
      await using one = opened()
      await using _ = await start(one.bridge)
      await rounds(50, 100)
      await nats.service?.kill()
      await rounds(100, 150)
    }
    await nats.service?.start()
    await using other = opened()
    await using _ = await start(other.bridge)
    await reaches(await rounds(150, 200))

    const count = streams.length * 200
    const received = await nats.receive((all) => new Set(all.map(({ id }) => id)).size === count)
    const seen = new Map(received.map(({ id, body }) => [id, JSON.parse(body)]))
    const stamps = Map.groupBy(seen.values(), ({ subject }) => String(subject))
    expect(stamps.size).toBe(streams.length)
    for (const events of stamps.values())
      expect(events.map(({ data }) => data.stamp)).toEqual(
        Array.from({ length: 200 }, (_v, at) => at),
      )
  },
  60_000,
)
