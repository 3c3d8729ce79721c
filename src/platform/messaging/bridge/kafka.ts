import { isIP } from 'node:net'
import {
  Admin,
  findErrorBy,
  ProduceAcks,
  Producer,
  type MessageToProduce,
} from '@platformatic/kafka'
import { messageOf } from '#kernel/error-message'
import { Unavailable } from '../../unavailable.ts'
import { closeSoon } from './close-soon.ts'
import { partitionOf } from './kafka-partition.ts'
import { cloudEvents, MessageRefused, type Bridge, type BridgeMessage } from './port.ts'
import { untilAborted } from './until-aborted.ts'

/** Time limit of one answer of the broker, in ms. */
const answerMs = 5_000

/** Partitions of a topic that is created. */
const partitions = 6

/** Error codes of Kafka for what it will never take: MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD. */
const refusals = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']

/** Codes of a batch that may be taken in parts. */
const tooLarge = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']

/** Headers of all messages; the CloudEvent has the rest. As bytes, for they cost as much as the body otherwise. */
const contentHeaders = new Map([[Buffer.from('content-type'), Buffer.from(cloudEvents)]])

/** How brokers are connected to. */
export type KafkaAccess = {
  /** The sign-in (RFC 4616, RFC 5802). Default: none */
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
    readonly user: string
    readonly password: string
  }
  /** TLS; `ca`: the certificates that sign those of the brokers. Default: no TLS */
  readonly tls?: { readonly ca?: Buffer }
}

/** The mechanisms by the names of the protocol. */
const mechanisms = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const

/** Whether the host of a broker is an IP address. @param broker `host:port` */
const isAddress = (broker: string): boolean =>
  isIP(broker.slice(0, broker.lastIndexOf(':')).replace(/^\[|\]$/g, '')) !== 0

type Sends = Pick<Producer<Buffer, Buffer, Buffer, Buffer>, 'send' | 'close'>

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && findErrorBy(error, 'apiId', code) !== null

/**
 * A bridge to Kafka: one topic, the key is the stream's name, so that its events are in one partition, in order. The
 * producer is idempotent, and all replicas in sync confirm. A batch of a partition is taken whole or not at all.
 * @param brokers `host:port`
 * @param options.topic its name, `agora.events`; one that does not exist is created
 * @param options.sasl, options.tls how the brokers are connected to
 */
export const kafkaBridge = (
  brokers: readonly string[],
  { topic, sasl, tls }: { readonly topic: string } & KafkaAccess,
): Bridge => {
  const base = {
    clientId: 'agora',
    bootstrapBrokers: [...brokers],
    timeout: answerMs,
    connectTimeout: answerMs,
    retries: 0,
    ...(sasl && {
      sasl: {
        mechanism: mechanisms[sasl.mechanism],
        username: sasl.user,
        password: sasl.password,
      },
    }),
    // Brokers behind one address are told apart by the name; an address may not stand for one (RFC 6066 §3).
    ...(tls && { tls: { ...tls }, tlsServerName: !brokers.some(isAddress) }),
  }
  let opening: Promise<Sends> | undefined

  const ensureTopic = async (): Promise<void> => {
    const admin = new Admin(base)
    try {
      const topics = await admin.listTopics()
      if (!topics.includes(topic))
        // Replicas by the default of the brokers.
        await admin
          .createTopics({ topics: [topic], partitions, replicas: -1 })
          .catch((error: unknown) => {
            if (!hasCode(error, 'TOPIC_ALREADY_EXISTS')) throw error
          })
    } finally {
      await admin.close().catch(() => undefined)
    }
  }

  const open = async (): Promise<Sends> => {
    await ensureTopic()
    return new Producer({
      ...base,
      idempotent: true,
      acks: ProduceAcks.ALL,
      autocreateTopics: false,
      partitioner: (_, key) => (key ? partitionOf(key) : 0),
    })
  }

  const link = (): Promise<Sends> => {
    if (opening) return opening
    const begun = open()
    opening = begun
    begun.catch(() => {
      if (opening === begun) opening = undefined
    })
    return begun
  }

  const recordOf = ({
    key,
    body,
  }: BridgeMessage): MessageToProduce<Buffer, Buffer, Buffer, Buffer> => ({
    topic,
    key: Buffer.from(key),
    value: body,
    headers: contentHeaders,
  })

  /** Sends messages in one request, and halves of them where a partition's batch is too large for the broker. */
  const sendAll = async (
    messages: readonly BridgeMessage[],
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    let used: Sends | undefined
    try {
      used = await untilAborted(link(), signal)
      await untilAborted(used.send({ messages: messages.map(recordOf) }), signal)
    } catch (error) {
      // A producer that has missed an answer no longer knows its sequence.
      opening = undefined
      void used?.close(true).catch(() => undefined)
      signal?.throwIfAborted()
      if (messages.length > 1 && tooLarge.some((code) => hasCode(error, code))) {
        const middle = Math.ceil(messages.length / 2)
        await sendAll(messages.slice(0, middle), signal)
        return sendAll(messages.slice(middle), signal)
      }
      if (refusals.some((code) => hasCode(error, code)))
        throw new MessageRefused(`Kafka refused a message: ${messageOf(error)}`, { cause: error })
      throw new Unavailable(`Kafka did not confirm: ${messageOf(error)}`, { cause: error })
    }
  }

  return {
    publish: sendAll,
    close: async () => {
      const begun = opening
      opening = undefined
      await closeSoon(begun, (used) => used.close(true))
    },
  }
}
