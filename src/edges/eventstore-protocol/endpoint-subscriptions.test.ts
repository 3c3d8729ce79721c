import {
  END,
  eventTypeFilter,
  excludeSystemEvents,
  START,
  streamNameFilter,
  type EventStoreDBClient,
  type ResolvedEvent,
} from '@eventstore/db-client'
import { expect, test } from 'vitest'
import { bell } from '../../platform/bell.ts'
import { follow } from '../../platform/storage/event-log/follow.ts'
import { memoryEventLog } from '../../platform/storage/event-log/memory.ts'
import type { EventLog } from '../../platform/storage/event-log/port.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { append, served } from './testing/served.ts'

type Subscription = ReturnType<EventStoreDBClient['subscribeToAll' | 'subscribeToStream']>

/** What a subscription tells, in order: positions of events, and words. */
const told = (subscription: Subscription) => {
  const heard: (number | string)[] = []
  const errors: Error[] = []
  subscription.on('confirmation', () => heard.push('confirmed'))
  subscription.on('caughtUp', () => heard.push('caught up'))
  subscription.on('data', ({ event }: ResolvedEvent) => heard.push(Number(event?.position?.commit)))
  subscription.on('error', (error) => errors.push(error))
  return { heard, errors }
}
const at = (position: number) => ({ commit: BigInt(position), prepare: BigInt(position) })

test('the log is followed: what is there, then what comes', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B')
  const subscription = client.subscribeToAll({ fromPosition: START })
  const { heard } = told(subscription)
  await expect.poll(() => heard).toEqual(['confirmed', 1, 2, 'caught up'])
  await append(log, 'payment-1', 'C')
  await append(log, 'order-1', 'D')
  await expect.poll(() => heard).toEqual(['confirmed', 1, 2, 'caught up', 3, 4])
  await subscription.unsubscribe()
})

test('the log is followed behind a position, and from its end', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B', 'C')
  const behind = told(client.subscribeToAll({ fromPosition: at(2) }))
  const ending = told(client.subscribeToAll({ fromPosition: END }))
  await expect.poll(() => behind.heard).toEqual(['confirmed', 3, 'caught up'])
  await expect.poll(() => ending.heard).toEqual(['confirmed', 'caught up'])
  await append(log, 'order-1', 'D')
  await expect.poll(() => behind.heard.at(-1)).toBe(4)
  await expect.poll(() => ending.heard).toEqual(['confirmed', 'caught up', 4])
})

test('a stream is followed from its start, behind a revision, and from its end', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B')
  await append(log, 'order-2', 'X')
  const started = told(client.subscribeToStream('order-1', { fromRevision: START }))
  const behind = told(client.subscribeToStream('order-1', { fromRevision: 0n }))
  const ending = told(client.subscribeToStream('order-1', { fromRevision: END }))
  await expect.poll(() => started.heard).toEqual(['confirmed', 1, 2, 'caught up'])
  await expect.poll(() => behind.heard).toEqual(['confirmed', 2, 'caught up'])
  await expect.poll(() => ending.heard).toEqual(['confirmed', 'caught up'])
  await append(log, 'order-2', 'Y', 'Z')
  await append(log, 'order-1', 'C')
  await expect.poll(() => started.heard).toEqual(['confirmed', 1, 2, 'caught up', 6])
  await expect.poll(() => behind.heard).toEqual(['confirmed', 2, 'caught up', 6])
  await expect.poll(() => ending.heard).toEqual(['confirmed', 'caught up', 6])
})

test.each(['order-7', 'payment-7'])(
  'the stream %s is followed before it has events',
  async (stream) => {
    const { client, log } = await served()
    const { heard } = told(client.subscribeToStream(stream, { fromRevision: START }))
    await expect.poll(() => heard).toEqual(['confirmed', 'caught up'])
    await append(log, stream, 'A')
    await expect.poll(() => heard).toEqual(['confirmed', 'caught up', 1])
  },
)

test('what a stream is given while it is subscribed to is told once', async () => {
  const memory = memoryEventLog()
  let meanwhile = async () => {
    meanwhile = async () => undefined
    await append(memory, 'order-1', 'B')
  }
  const head = async () => {
    const position = await memory.head()
    await meanwhile()
    return position
  }
  await append(memory, 'order-1', 'A')
  const { client } = await served({ log: { ...memory, head } })
  const { heard } = told(client.subscribeToStream('order-1', { fromRevision: START }))
  await expect.poll(() => heard).toEqual(['confirmed', 1, 2, 'caught up'])
  await append(memory, 'order-1', 'C')
  await expect.poll(() => heard).toEqual(['confirmed', 1, 2, 'caught up', 3])
})

test('a stream that can never have events stays silent, and the log is not asked', async () => {
  const subscribe = () => {
    throw new Error('The log was asked')
  }
  const { client } = await served({ log: { ...memoryEventLog(), subscribe } })
  const { heard, errors } = told(client.subscribeToStream('$ce-order'))
  await expect.poll(() => heard).toEqual(['confirmed', 'caught up'])
  expect(errors).toEqual([])
})

const filters = {
  'a prefix of streams': streamNameFilter({ prefixes: ['order-'] }),
  'a pattern of streams': streamNameFilter({ regex: '^(?:order|nothing)-' }),
  'a pattern that only we can test': streamNameFilter({ regex: '^o.*r-[0-9]+$' }),
  'a prefix of types': eventTypeFilter({ prefixes: ['Order'] }),
  'a pattern of types': eventTypeFilter({ regex: '^(?:OrderPlaced|OrderPaid)$' }),
}
test.each(Object.entries(filters))('the log is followed through %s', async (_, filter) => {
  const { client, log } = await served()
  await append(log, 'order-1', 'OrderPlaced')
  await append(log, 'payment-1', 'CardCharged')
  const { heard } = told(client.subscribeToAll({ fromPosition: START, filter }))
  await expect.poll(() => heard).toEqual(['confirmed', 1, 'caught up'])
  await append(log, 'payment-1', 'CardCharged')
  await append(log, 'order-1', 'OrderPaid')
  await expect.poll(() => heard).toEqual(['confirmed', 1, 'caught up', 4])
})

test('everything is ours when system events are excluded', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B')
  const { heard } = told(
    client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() }),
  )
  await expect.poll(() => heard).toEqual(['confirmed', 1, 2, 'caught up'])
})

/** A filter, and the positions of the checkpoints that it brings. */
const counting = (regex: string, checkpointInterval: number, maxSearchWindow: number) => {
  const reached: number[] = []
  const filter = eventTypeFilter({
    regex,
    checkpointInterval,
    maxSearchWindow,
    checkpointReached: async (_: unknown, { commit }: { commit: bigint }) => {
      reached.push(Number(commit))
    },
  })
  return { reached, filter }
}
const cards = (count: number) => Array.from({ length: count }, () => 'CardCharged')

test('a filtered subscription gets a checkpoint for every interval, also where nothing passes', async () => {
  const { client, log } = await served()
  await append(log, 'payment-1', ...cards(1_200))
  const { reached, filter } = counting('Placed$', 1, 10)
  const { heard } = told(client.subscribeToAll({ fromPosition: START, filter }))
  const tens = (count: number) => Array.from({ length: count }, (_, n) => (n + 1) * 10)
  await expect.poll(() => reached).toEqual(tens(120))
  await append(log, 'payment-1', ...cards(10))
  await expect.poll(() => reached).toEqual(tens(121))
  expect(heard).toEqual(['confirmed', 'caught up'])
})

// As the suites of the official clients have it: multiplier and window, and how many events are considered.
test.each([
  [2, 32, 384, 6],
  [1, 32, 2_024, 64],
  [3, 5, 100, 7],
])(
  'an interval of %i times %i over %i events brings %i checkpoints',
  async (multiplier, window, events, count) => {
    const { client, log } = await served()
    await append(log, 'payment-1', ...cards(events))
    const none = counting('^Placed', multiplier, window)
    told(client.subscribeToAll({ fromPosition: START, filter: none.filter }))
    const all = counting('^Card', multiplier, window)
    const { heard } = told(client.subscribeToAll({ fromPosition: START, filter: all.filter }))
    await expect.poll(() => [none.reached.at(-1), all.reached.at(-1)]).toEqual([events, events])
    expect([none.reached.length, all.reached.length]).toEqual([count, count])
    await expect.poll(() => heard.length).toBe(events + 2)
  },
)

test('a subscription resumed at any of its checkpoints goes on with the next event', async () => {
  const { client, log } = await served()
  await append(
    log,
    'order-1',
    ...Array.from({ length: 90 }, (_, n) => (n % 7 ? 'Other' : 'Placed')),
  )
  const { reached, filter } = counting('^Placed$', 1, 16)
  const { heard } = told(client.subscribeToAll({ fromPosition: START, filter }))
  await expect.poll(() => heard.at(-1)).toBe('caught up')
  expect(reached).toEqual([16, 32, 48, 64, 80, 90])
  const passed = heard.filter((one) => typeof one === 'number')
  for (const place of reached) {
    const again = told(client.subscribeToAll({ fromPosition: at(place), filter }))
    await expect.poll(() => again.heard.at(-1)).toBe('caught up')
    expect(again.heard.filter((one) => typeof one === 'number')).toEqual(
      passed.filter((position) => position > place),
    )
  }
})

test('a pattern that would take for ever ends the subscription and nothing else', async () => {
  const { client, log } = await served()
  await append(log, `order-${'a'.repeat(40)}!`, 'A')
  const evil = told(client.subscribeToAll({ filter: streamNameFilter({ regex: '-(a+)+$' }) }))
  await expect.poll(() => evil.errors[0]?.message).toContain('takes too long')
  const good = told(client.subscribeToAll({ fromPosition: START }))
  await expect.poll(() => good.heard).toEqual(['confirmed', 1, 'caught up'])
})

test('what is no pattern is refused', async () => {
  const { client } = await served()
  const { errors } = told(client.subscribeToAll({ filter: streamNameFilter({ regex: '(a' }) }))
  await expect.poll(() => errors[0]?.message).toContain('filter.regex: ')
  expect(errors[0]?.message).toContain('/(a/: Unterminated group')
})

test('a subscription goes on when the log was away, and misses nothing', async () => {
  const memory = memoryEventLog()
  let away = false
  const failures: unknown[] = []
  const readAll: EventLog['readAll'] = async (range) => {
    if (away) throw new Unavailable('The log is away')
    return memory.readAll(range)
  }
  const news = bell()
  const log = { ...memory, readAll, subscribe: follow(readAll, news) }
  const { client } = await served({ log, onError: (error) => failures.push(error) })
  const { heard, errors } = told(client.subscribeToAll({ fromPosition: START }))
  await expect.poll(() => heard).toEqual(['confirmed', 'caught up'])
  away = true
  await append(log, 'order-1', 'A')
  news.ring()
  await expect.poll(() => failures.length).toBeGreaterThan(0)
  away = false
  await append(log, 'order-1', 'B')
  await expect.poll(() => heard).toEqual(['confirmed', 'caught up', 1, 2])
  expect(errors).toEqual([])
})

test('a reader that falls behind what comes is told so, and told when it has caught up again', async () => {
  const memory = memoryEventLog()
  const log: typeof memory = {
    ...memory,
    subscribe: async function* (_, { signal } = {}) {
      for (const caughtUp of [true, false, true]) yield { events: [], position: 0n, caughtUp }
      if (signal && !signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  }
  const { client } = await served({ log })
  const subscription = client.subscribeToAll({ fromPosition: START })
  const { heard } = told(subscription)
  subscription.on('fellBehind', () => heard.push('fell behind'))
  await expect.poll(() => heard).toEqual(['confirmed', 'caught up', 'fell behind', 'caught up'])
})
