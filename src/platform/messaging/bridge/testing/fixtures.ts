import { randomUUID } from 'node:crypto'
import {
  Consumer,
  MessagesStreamFallbackModes,
  MessagesStreamModes,
  stringDeserializers,
} from '@platformatic/kafka'
import { jetstream } from '@nats-io/jetstream'
import { connect as connectNats } from '@nats-io/transport-node'
import { connect } from 'amqplib'
import { kafka } from '../../../../../test/services/kafka.ts'
import { nats } from '../../../../../test/services/nats.ts'
import { rabbitmqWith } from '../../../../../test/services/rabbitmq.ts'
import { startService, type Service } from '../../../../../test/services/service.ts'
import { kafkaBridge } from '../kafka.ts'
import { memoryBridge } from '../memory.ts'
import { natsBridge } from '../nats.ts'
import type { Bridge } from '../port.ts'
import { connectionUrl, rabbitmqBridge } from '../rabbitmq.ts'

/** A message as a subscriber receives it. */
export type Received = {
  readonly id: string
  readonly topic: string
  readonly names: readonly string[]
  readonly mediaType: string
  readonly body: string
}

/** A bridge to a broker of its own, and a subscriber. */
export type BridgeFixture = AsyncDisposable & {
  readonly open: () => Bridge
  /** Reads everything that was published, from the start, until it is enough. */
  readonly receive: (
    isEnough: (received: readonly Received[]) => boolean,
  ) => Promise<readonly Received[]>
  /** Size of a body that it refuses, in bytes. */
  readonly tooLarge: number
  readonly service?: Service
}

export const inMemory = async (): Promise<BridgeFixture> => {
  const tooLarge = 2_000_000
  const bridge = memoryBridge({ maxBytes: tooLarge - 1 })
  return {
    open: () => bridge,
    receive: async () =>
      bridge.published.map(({ id, topic, names, body }) => ({
        id,
        topic,
        names,
        mediaType: 'application/cloudevents+json',
        body: body.toString(),
      })),
    tooLarge,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** Waits until what a subscriber collects is enough; fails after 20 s. */
const collect = async (
  isEnough: Parameters<BridgeFixture['receive']>[0],
  subscribe: (take: (one: Received) => void) => Promise<() => Promise<unknown>>,
): Promise<readonly Received[]> => {
  const received: Received[] = []
  const enough = Promise.withResolvers<void>()
  const timer = setTimeout(
    () => enough.reject(new Error(`Only ${received.length} messages were received`)),
    20_000,
  )
  const end = await subscribe((one) => {
    received.push(one)
    if (isEnough(received)) enough.resolve()
  })
  try {
    await enough.promise
    return received
  } finally {
    clearTimeout(timer)
    await end()
  }
}

export const inRabbitmq = async (): Promise<BridgeFixture> => {
  const service = await startService(rabbitmqWith(['max_message_size = 1048576']))
  const exchange = 'agora.events'
  const queue = `all-${randomUUID()}`
  return {
    service,
    open: () => rabbitmqBridge(service.url, { exchange, queues: [{ queue, keys: ['#'] }] }),
    receive: (isEnough) =>
      collect(isEnough, async (take) => {
        const model = await connect(connectionUrl(service.url))
        model.on('error', () => undefined)
        const channel = await model.createChannel()
        await channel.consume(queue, (message) => {
          if (!message) return
          const { fields, properties, content } = message
          take({
            id: String(properties.messageId),
            topic: fields.routingKey,
            names: (properties.headers?.['CC'] as string[] | undefined) ?? [],
            mediaType: String(properties.contentType),
            body: content.toString(),
          })
        })
        return () => model.close()
      }),
    tooLarge: 2_000_000,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}

export const inNats = async (): Promise<BridgeFixture> => {
  const service = await startService(nats)
  const [stream, subjects] = ['agora-events', 'agora.events']
  return {
    service,
    open: () => natsBridge(service.url, { stream, subjects }),
    receive: (isEnough) =>
      collect(isEnough, async (take) => {
        const connection = await connectNats({ servers: service.url })
        const consumer = await jetstream(connection).consumers.get(stream)
        const messages = await consumer.consume()
        void (async () => {
          for await (const { subject, headers, data } of messages) {
            const body = Buffer.from(data).toString()
            const { names } = JSON.parse(body) as Received
            take({
              id: headers?.get('Nats-Msg-Id') ?? '',
              topic: subject.slice(subjects.length + 1),
              names,
              mediaType: headers?.get('content-type') ?? '',
              body,
            })
          }
        })()
        return () => connection.close()
      }),
    tooLarge: 2_000_000,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}

export const inKafka = async (): Promise<BridgeFixture> => {
  const service = await startService(kafka)
  const topic = 'agora.events'
  return {
    service,
    open: () => kafkaBridge([service.url], { topic }),
    receive: (isEnough) =>
      collect(isEnough, async (take) => {
        const consumer = new Consumer({
          clientId: 'test',
          bootstrapBrokers: [service.url],
          groupId: randomUUID(),
          deserializers: stringDeserializers,
          autocommit: false,
          maxWaitTime: 100,
        })
        const stream = await consumer.consume({
          topics: [topic],
          mode: MessagesStreamModes.EARLIEST,
          fallbackMode: MessagesStreamFallbackModes.EARLIEST,
        })
        stream.on('data', ({ headers, value }) => {
          const body = value ?? '{}'
          const { id, topic: name, names } = JSON.parse(body) as Received
          take({ id, topic: name, names, mediaType: headers.get('content-type') ?? '', body })
        })
        return () => consumer.close(true)
      }),
    tooLarge: 2_000_000,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}
