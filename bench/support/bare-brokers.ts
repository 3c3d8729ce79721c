import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect as connectNats } from '@nats-io/transport-node'
import { Admin, ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka'
import { connect } from 'amqplib'
import { cloudEvents, type BridgeMessage } from '../../src/platform/messaging/bridge/port.ts'

/** A client of a broker without anything of ours: publishes, and waits for the confirmations. */
export type BareClient = AsyncDisposable & {
  /** Brings messages into the shape of the client. @returns a function that publishes them */
  readonly made: (messages: readonly BridgeMessage[]) => () => Promise<void>
}

/** Messages in flight at once, as many as the bridge has. */
const inFlight = 512

const partsOf = <T>(messages: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(messages.length / size) }, (_, part) =>
    messages.slice(part * size, (part + 1) * size),
  )

/** The bare client of RabbitMQ: persistent messages to a topic exchange with one durable queue. */
export const bareRabbitmq = async (url: string): Promise<BareClient> => {
  const model = await connect(url)
  const channel = await model.createConfirmChannel()
  await channel.assertExchange('bare', 'topic', { durable: true })
  await channel.assertQueue('bare', { durable: true })
  await channel.bindQueue('bare', 'bare', '#')
  return {
    made: (messages) => async () => {
      for (const part of partsOf(messages, inFlight)) {
        for (const { id, topic, body } of part)
          channel.publish('bare', topic, body, { persistent: true, messageId: id })
        await channel.waitForConfirms()
      }
    },
    [Symbol.asyncDispose]: () => model.close(),
  }
}

/** The bare client of NATS JetStream: a stream in files, with the ids of the messages. */
export const bareNats = async (url: string): Promise<BareClient> => {
  const connection = await connectNats({ servers: url })
  const manager = await jetstreamManager(connection)
  await manager.streams.add({ name: 'bare', subjects: ['bare.>'] })
  const client = jetstream(connection)
  return {
    made: (messages) => async () => {
      for (const part of partsOf(messages, inFlight))
        await Promise.all(
          part.map(({ id, topic, body }) => client.publish(`bare.${topic}`, body, { msgID: id })),
        )
    },
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

/** The bare client of Kafka, with texts as its documentation has them: an idempotent producer, all replicas confirm. */
export const bareKafka = async (url: string): Promise<BareClient> => {
  const base = { clientId: 'bare', bootstrapBrokers: [url] }
  const admin = new Admin(base)
  await admin.createTopics({ topics: ['bare'], partitions: 6, replicas: 1 })
  await admin.close()
  const producer = new Producer({
    ...base,
    serializers: stringSerializers,
    idempotent: true,
    acks: ProduceAcks.ALL,
  })
  return {
    made: (messages) => {
      const records = messages.map(({ key, body }) => ({
        topic: 'bare',
        key,
        value: String(body),
        headers: { 'content-type': cloudEvents },
      }))
      return async () => {
        for (const part of partsOf(records, 1_000)) await producer.send({ messages: [...part] })
      }
    },
    [Symbol.asyncDispose]: () => producer.close(),
  }
}
