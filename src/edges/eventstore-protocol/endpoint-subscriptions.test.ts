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

/** Records what a subscription receives, in order: positions of events, and signals as text. */
const recorded = (subscription: Subscription) => {
  const received: (number | string)[] = []
  const errors: Error[] = []
  subscription.on('confirmation', () => received.push('confirmed'))
  subscription.on('caughtUp', () => received.push('caught up'))
  subscription.on('data', ({ event }: ResolvedEvent) =>
    received.push(Number(event?.position?.commit)),
  )
  subscription.on('error', (error) => errors.push(error))
  return { received, errors }
}
const at = (position: number) => ({ commit: BigInt(position), prepare: BigInt(position) })

test('a subscription to the log receives its events, then new ones', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B')
  const subscription = client.subscribeToAll({ fromPosition: START })
  const { received } = recorded(subscription)
  await expect.poll(() => received).toEqual(['confirmed', 1, 2, 'caught up'])
  await append(log, 'payment-1', 'C')
  await append(log, 'order-1', 'D')
  await expect.poll(() => received).toEqual(['confirmed', 1, 2, 'caught up', 3, 4])
  await subscription.unsubscribe()
})

test('a subscription to the log begins after a position, or at the end', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B', 'C')
  const behind = recorded(client.subscribeToAll({ fromPosition: at(2) }))
  const ending = recorded(client.subscribeToAll({ fromPosition: END }))
  await expect.poll(() => behind.received).toEqual(['confirmed', 3, 'caught up'])
  await expect.poll(() => ending.received).toEqual(['confirmed', 'caught up'])
  await append(log, 'order-1', 'D')
  await expect.poll(() => behind.received.at(-1)).toBe(4)
  await expect.poll(() => ending.received).toEqual(['confirmed', 'caught up', 4])
})

test('a subscription to a stream begins at its start, after a revision, or at its end', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B')
  await append(log, 'order-2', 'X')
  const started = recorded(client.subscribeToStream('order-1', { fromRevision: START }))
  const behind = recorded(client.subscribeToStream('order-1', { fromRevision: 0n }))
  const ending = recorded(client.subscribeToStream('order-1', { fromRevision: END }))
  await expect.poll(() => started.received).toEqual(['confirmed', 1, 2, 'caught up'])
  await expect.poll(() => behind.received).toEqual(['confirmed', 2, 'caught up'])
  await expect.poll(() => ending.received).toEqual(['confirmed', 'caught up'])
  await append(log, 'order-2', 'Y', 'Z')
  await append(log, 'order-1', 'C')
  await expect.poll(() => started.received).toEqual(['confirmed', 1, 2, 'caught up', 6])
  await expect.poll(() => behind.received).toEqual(['confirmed', 2, 'caught up', 6])
  await expect.poll(() => ending.received).toEqual(['confirmed', 'caught up', 6])
})

test.each(['order-7', 'payment-7'])(
  'a subscription to the stream %s may begin before it has events',
  async (stream) => {
    const { client, log } = await served()
    const { received } = recorded(client.subscribeToStream(stream, { fromRevision: START }))
    await expect.poll(() => received).toEqual(['confirmed', 'caught up'])
    await append(log, stream, 'A')
    await expect.poll(() => received).toEqual(['confirmed', 'caught up', 1])
  },
)

test('an event that is appended while a subscription begins is sent once', async () => {
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
  const { received } = recorded(client.subscribeToStream('order-1', { fromRevision: START }))
  await expect.poll(() => received).toEqual(['confirmed', 1, 2, 'caught up'])
  await append(memory, 'order-1', 'C')
  await expect.poll(() => received).toEqual(['confirmed', 1, 2, 'caught up', 3])
})

test('a subscription to a stream with an invalid name catches up without reading the log', async () => {
  const subscribe = () => {
    throw new Error('The log was read')
  }
  const { client } = await served({ log: { ...memoryEventLog(), subscribe } })
  const { received, errors } = recorded(client.subscribeToStream('$ce-order'))
  await expect.poll(() => received).toEqual(['confirmed', 'caught up'])
  expect(errors).toEqual([])
})

const filters = {
  'a prefix of streams': streamNameFilter({ prefixes: ['order-'] }),
  'a pattern of streams': streamNameFilter({ regex: '^(?:order|nothing)-' }),
  'a pattern that the log cannot evaluate': streamNameFilter({ regex: '^o.*r-[0-9]+$' }),
  'a prefix of types': eventTypeFilter({ prefixes: ['Order'] }),
  'a pattern of types': eventTypeFilter({ regex: '^(?:OrderPlaced|OrderPaid)$' }),
}
test.each(Object.entries(filters))('a subscription is filtered by %s', async (_, filter) => {
  const { client, log } = await served()
  await append(log, 'order-1', 'OrderPlaced')
  await append(log, 'payment-1', 'CardCharged')
  const { received } = recorded(client.subscribeToAll({ fromPosition: START, filter }))
  await expect.poll(() => received).toEqual(['confirmed', 1, 'caught up'])
  await append(log, 'payment-1', 'CardCharged')
  await append(log, 'order-1', 'OrderPaid')
  await expect.poll(() => received).toEqual(['confirmed', 1, 'caught up', 4])
})

test('excluding system events lets every event of the log pass', async () => {
  const { client, log } = await served()
  await append(log, 'order-1', 'A', 'B')
  const { received } = recorded(
    client.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() }),
  )
  await expect.poll(() => received).toEqual(['confirmed', 1, 2, 'caught up'])
})

/** A filter, and the positions of the checkpoints that its subscription receives. */
const withCheckpoints = (regex: string, checkpointInterval: number, maxSearchWindow: number) => {
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

test('a filtered subscription receives a checkpoint for every interval, also where no event matches', async () => {
  const { client, log } = await served()
  await append(log, 'payment-1', ...cards(1_200))
  const { reached, filter } = withCheckpoints('Placed$', 1, 10)
  const { received } = recorded(client.subscribeToAll({ fromPosition: START, filter }))
  const tens = (count: number) => Array.from({ length: count }, (_, n) => (n + 1) * 10)
  await expect.poll(() => reached).toEqual(tens(120))
  await append(log, 'payment-1', ...cards(10))
  await expect.poll(() => reached).toEqual(tens(121))
  expect(received).toEqual(['confirmed', 'caught up'])
})

// Cases of the official clients' suites: multiplier, window, and the number of events considered.
test.each([
  [2, 32, 384, 6],
  [1, 32, 2_024, 64],
  [3, 5, 100, 7],
])(
  'an interval of %i times %i over %i events yields %i checkpoints',
  async (multiplier, window, events, count) => {
    const { client, log } = await served()
    await append(log, 'payment-1', ...cards(events))
    const none = withCheckpoints('^Placed', multiplier, window)
    recorded(client.subscribeToAll({ fromPosition: START, filter: none.filter }))
    const all = withCheckpoints('^Card', multiplier, window)
    const { received, errors } = recorded(
      client.subscribeToAll({ fromPosition: START, filter: all.filter }),
    )
    await expect
      .poll(() => [none.reached.at(-1), all.reached.at(-1), ...errors])
      .toEqual([events, events])
    expect([none.reached.length, all.reached.length]).toEqual([count, count])
    await expect.poll(() => received.length).toBe(events + 2)
  },
)

test('a subscription that resumes at any of its checkpoints continues with the next event', async () => {
  const { client, log } = await served()
  await append(
    log,
    'order-1',
    ...Array.from({ length: 90 }, (_, n) => (n % 7 ? 'Other' : 'Placed')),
  )
  const { reached, filter } = withCheckpoints('^Placed$', 1, 16)
  const { received } = recorded(client.subscribeToAll({ fromPosition: START, filter }))
  await expect.poll(() => received.at(-1)).toBe('caught up')
  expect(reached).toEqual([16, 32, 48, 64, 80, 90])
  const passed = received.filter((one) => typeof one === 'number')
  for (const resumedAt of reached) {
    const resumed = recorded(client.subscribeToAll({ fromPosition: at(resumedAt), filter }))
    await expect.poll(() => resumed.received.at(-1)).toBe('caught up')
    expect(resumed.received.filter((one) => typeof one === 'number')).toEqual(
      passed.filter((position) => position > resumedAt),
    )
  }
})

test('a pattern that takes too long ends its subscription only', async () => {
  const { client, log } = await served()
  await append(log, `order-${'a'.repeat(40)}!`, 'A')
  const slow = recorded(client.subscribeToAll({ filter: streamNameFilter({ regex: '-(a+)+$' }) }))
  await expect.poll(() => slow.errors[0]?.message).toContain('takes too long')
  const other = recorded(client.subscribeToAll({ fromPosition: START }))
  await expect.poll(() => other.received).toEqual(['confirmed', 1, 'caught up'])
})

test('an invalid pattern is rejected', async () => {
  const { client } = await served()
  const { errors } = recorded(client.subscribeToAll({ filter: streamNameFilter({ regex: '(a' }) }))
  await expect.poll(() => errors[0]?.message).toContain('filter.regex: ')
  expect(errors[0]?.message).toContain('/(a/: Unterminated group')
})

test('a subscription recovers after the log was unavailable, and misses no event', async () => {
  const memory = memoryEventLog()
  let isUnavailable = false
  const failures: unknown[] = []
  const readAll: EventLog['readAll'] = async (range) => {
    if (isUnavailable) throw new Unavailable('The log is away')
    return memory.readAll(range)
  }
  const appended = bell()
  const log = { ...memory, readAll, subscribe: follow(readAll, appended) }
  const { client } = await served({ log, onError: (error) => failures.push(error) })
  const { received, errors } = recorded(client.subscribeToAll({ fromPosition: START }))
  await expect.poll(() => received).toEqual(['confirmed', 'caught up'])
  isUnavailable = true
  await append(log, 'order-1', 'A')
  appended.ring()
  await expect.poll(() => failures.length).toBeGreaterThan(0)
  isUnavailable = false
  await append(log, 'order-1', 'B')
  await expect.poll(() => received).toEqual(['confirmed', 'caught up', 1, 2])
  expect(errors).toEqual([])
})

test('a reader that falls behind is notified, and notified again when it has caught up', async () => {
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
  const { received } = recorded(subscription)
  subscription.on('fellBehind', () => received.push('fell behind'))
  await expect.poll(() => received).toEqual(['confirmed', 'caught up', 'fell behind', 'caught up'])
})
