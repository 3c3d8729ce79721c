import { kafkaBridge } from '../src/platform/messaging/bridge/kafka.ts'
import { natsBridge } from '../src/platform/messaging/bridge/nats.ts'
import type { Bridge, BridgeMessage, Line } from '../src/platform/messaging/bridge/port.ts'
import { rabbitmqBridge } from '../src/platform/messaging/bridge/rabbitmq.ts'
import { memoryControl } from '../src/platform/messaging/control/memory.ts'
import { memoryLeases } from '../src/platform/messaging/leases/memory.ts'
import { memoryCheckpoints } from '../src/platform/storage/checkpoints/memory.ts'
import { memoryDeadLetters } from '../src/platform/storage/dead-letters/memory.ts'
import { memoryEventReaders } from '../src/platform/storage/event-readers/memory.ts'
import { publishedBy } from '../src/app/bridges.ts'
import { modules } from '../src/domains/index.ts'
import { openFeed } from '../src/runtime/feed.ts'
import { publish } from '../src/runtime/publish.ts'
import { kafka } from '../test/services/kafka.ts'
import { nats } from '../test/services/nats.ts'
import { rabbitmq } from '../test/services/rabbitmq.ts'
import { startService, type Program } from '../test/services/service.ts'
import { brokers } from '../test/support/brokers.ts'
import { bareKafka, bareNats, bareRabbitmq, type BareClient } from './support/bare-brokers.ts'
import type { Bench } from './support/bench.ts'
import { coreOf, type Core } from './support/core.ts'
import { medianCost, meter } from './support/costs.ts'
import { writeHistory } from './support/history.ts'
import type { Goal, Measure } from './support/measure.ts'
import { quietRounds } from './support/rounds.ts'
import { median } from './support/statistics.ts'

/** Least share of the rate of the bare client. */
const leastShare = 0.6

type Subject = {
  readonly name: string
  readonly has: boolean
  readonly program: Program
  readonly bridge: (url: string) => Bridge
  readonly bare: (url: string) => Promise<BareClient>
}

const subjects: readonly Subject[] = [
  {
    name: 'RabbitMQ',
    has: brokers.rabbitmq.has,
    program: rabbitmq,
    bridge: (url) =>
      rabbitmqBridge(url, {
        exchange: 'agora.events',
        queues: [{ queue: 'all', keys: ['#'] }],
      }),
    bare: bareRabbitmq,
  },
  {
    name: 'NATS',
    has: brokers.nats.has,
    program: nats,
    bridge: (url) => natsBridge(url, { stream: 'agora-events', subjects: 'agora.events' }),
    bare: bareNats,
  },
  {
    name: 'Kafka',
    has: brokers.kafka.has,
    program: kafka,
    bridge: (url) => kafkaBridge([url], { topic: 'agora.events' }),
    bare: bareKafka,
  },
]

/**
 * Publishes the whole log to a bridge, as a process does that begins.
 * @param confirmed called with messages that the broker has confirmed. @returns whether these were the last, if that is known
 *   before the checkpoint is at the head
 */
const publishLog = async (
  { log, catalogue }: Core,
  bridge: Bridge,
  confirmed: (messages: readonly BridgeMessage[]) => boolean,
): Promise<void> => {
  const feed = await openFeed(log)
  const stop = new AbortController()
  const head = await log.head()
  const all = Promise.withResolvers<void>()
  const checkpoints = memoryCheckpoints()
  const counted = (over: Line): Line => ({
    publish: async (messages, signal) => {
      await over.publish(messages, signal)
      if (confirmed(messages)) all.resolve()
    },
  })
  const { line } = bridge
  const running = publish('bench', stop.signal, {
    bridge: { ...bridge, ...counted(bridge), ...(line && { line: () => counted(line()) }) },
    published: publishedBy(modules),
    personal: new Set(),
    from: 'start',
    feed,
    log,
    leases: memoryLeases(),
    checkpoints: {
      ...checkpoints,
      save: async (name, from, to) => {
        if (to >= head) all.resolve()
        return checkpoints.save(name, from, to)
      },
    },
    control: memoryControl(),
    letters: memoryDeadLetters(),
    newer: { catalogue, readers: memoryEventReaders() },
    onError: all.reject,
  })
  try {
    await all.promise
  } finally {
    stop.abort()
    await running
    await feed.close()
  }
}

const rateOf = async (count: () => Promise<number>): Promise<number> => {
  const since = performance.now()
  const done = await count()
  return done / ((performance.now() - since) / 1_000)
}

const measureSubject = async (
  bench: Bench,
  core: Core,
  { name, program, bridge: bridgeTo, bare: bareTo }: Subject,
): Promise<Measure> => {
  await using service = await startService(program)
  await using bare = await bareTo(service.url)
  const bridge = bridgeTo(service.url)
  try {
    // The first round connects, and gets the messages for the bare client.
    const messages: BridgeMessage[] = []
    await publishLog(core, bridge, (some) => {
      messages.push(...some)
      return false
    })
    const { rounds, note } = await quietRounds(bench.rounds(5), async (round) => {
      const fresh = messages.map((one) => ({ ...one, id: `${one.id}-${round}` }))
      const publishRaw = bare.made(fresh)
      const raw = await rateOf(async () => {
        await publishRaw()
        return fresh.length
      })
      const ended = await meter(bench)
      let left = messages.length
      const rate = await rateOf(async () => {
        await publishLog(core, bridge, (some) => {
          left -= some.length
          return left <= 0
        })
        return messages.length
      })
      return { raw, rate, cost: await ended(messages.length) }
    })
    const ratio = median(rounds.map(({ raw, rate }) => rate / raw))
    const goal: Goal = { text: `≥ ${leastShare} of the bare client`, met: ratio >= leastShare }
    return {
      what: `events out to ${name}, each confirmed`,
      figure: median(rounds.map(({ rate }) => rate)),
      unit: '/s',
      reference: { what: 'bare client', figure: median(rounds.map(({ raw }) => raw)) },
      ratio,
      goal,
      cost: medianCost(rounds.map(({ cost }) => cost)),
      notes: [`rounds: ${rounds.map(({ rate }) => `${Math.round(rate)}/s`).join(', ')}`, note],
    }
  } finally {
    await bridge.close()
  }
}

/** Publishing a log of orders to brokers, relative to their bare clients with messages that are made already. */
export default async (bench: Bench): Promise<readonly Measure[]> => {
  await using own = await bench.freshDatabase()
  await using core = await coreOf(own.database)
  // Enough for some seconds, beside which a start does not count.
  await writeHistory(core.log, 'sales', bench.many(120_000))
  const measures: Measure[] = []
  for (const subject of subjects)
    if (subject.has) measures.push(await measureSubject(bench, core, subject))
  return measures
}
