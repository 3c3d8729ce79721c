import { personalPaths } from '#kernel'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { BadConfig, type Config } from '../config.ts'
import { prefix } from '../edges/http/api-document.ts'
import type { Bridge } from '../platform/messaging/bridge/port.ts'
import { personalName, type PublishedBy } from '../runtime/cloud-event.ts'
import type { Module } from '../serving/module.ts'
import { kafkaAccess } from './kafka-access.ts'
import { sourceQueues } from './source-queues.ts'

/** Name of the exchange of RabbitMQ, the topic of Kafka, and the first part of the subjects of NATS. */
const events = 'agora.events'

/** Name of the stream of NATS: it may have no dots. */
const natsStream = 'agora-events'

/** Pause before the same topic without a queue is logged again, in ms. */
const unroutedRests = 10 * 60_000

/** The published events of all contexts. */
export const publishedBy = (
  modules: readonly Pick<Module, 'name' | 'published'>[],
): readonly PublishedBy[] =>
  modules.flatMap(({ name: context, published }) => published.map((one) => ({ ...one, context })))

/** Names of the brokers that are configured. */
export const brokersOf = ({ bridges }: Pick<Config, 'bridges'>): readonly string[] => [
  ...(bridges.amqp ? ['rabbitmq'] : []),
  ...(bridges.kafka ? ['kafka'] : []),
  ...(bridges.nats ? ['nats'] : []),
]

/**
 * Validates the settings of bridges against what is declared.
 * @throws BadConfig for a personal field that no published event has, or a queue that is not one of the sources
 */
export const checkBridges = (
  { bridges }: Pick<Config, 'bridges'>,
  published: readonly PublishedBy[],
): void => {
  const fields = new Set(
    published.flatMap((one) => personalPaths(one).map((path) => personalName(one, path))),
  )
  const unknown = bridges.personal.filter((name) => !fields.has(name))
  if (unknown.length > 0)
    throw new BadConfig(
      `The environment is invalid: BRIDGE_PERSONAL names ${unknown.join(', ')}; the personal fields of published events are ${[...fields].toSorted().join(', ')}`,
    )
  const queues = sourceQueues.map(({ queue }) => queue)
  const strange = (bridges.amqp?.queues ?? []).filter((name) => !queues.includes(name))
  if (strange.length > 0)
    throw new BadConfig(
      `The environment is invalid: AMQP_QUEUES names ${strange.join(', ')}; the queues are ${queues.join(', ')}`,
    )
}

/** Returns a function that logs each topic without a queue once in a while. */
const unroutedLog = (logger: Pick<FastifyBaseLogger, 'info'>) => {
  const logged = new Map<string, number>()
  return (topic: string): void => {
    const now = performance.now()
    if (now - (logged.get(topic) ?? -Infinity) < unroutedRests) return
    logged.set(topic, now)
    logger.info({ topic }, 'No queue of RabbitMQ is bound to this event: the broker drops it')
  }
}

/**
 * Creates the bridges to the configured brokers; each connects when it first publishes. Their clients are imported only
 * if they are configured.
 * @throws BadConfig for the sign-in or the certificates of a broker
 */
export const openBridges = async (
  { bridges: { amqp, kafka, nats } }: Pick<Config, 'bridges'>,
  {
    logger,
    onUnrouted,
    parts,
  }: {
    readonly logger: FastifyBaseLogger
    /** Called for each event that RabbitMQ has no queue for. */
    readonly onUnrouted: () => void
    /** Closes them. */
    readonly parts: AsyncDisposableStack
  },
): Promise<ReadonlyMap<string, Bridge>> => {
  const bridges = new Map<string, Bridge>()
  if (amqp) {
    const { rabbitmqBridge } = await import('../platform/messaging/bridge/rabbitmq.ts')
    const logUnrouted = unroutedLog(logger)
    const bridge = rabbitmqBridge(amqp.url, {
      exchange: events,
      queues: sourceQueues.filter(({ queue }) => amqp.queues?.includes(queue) ?? true),
      onUnrouted: (topic) => {
        onUnrouted()
        logUnrouted(topic)
      },
      onBlocked: (isBlocked, reason) =>
        isBlocked
          ? logger.warn({ reason }, 'RabbitMQ takes no events at present; they wait in the log')
          : logger.info('RabbitMQ takes events again'),
    })
    bridges.set('rabbitmq', bridge)
  }
  if (kafka) {
    const access = await kafkaAccess(kafka)
    if (kafka.mechanism === 'plain' && !kafka.tls)
      logger.warn('KAFKA_SASL=plain without KAFKA_TLS sends the password unencrypted')
    const { kafkaBridge } = await import('../platform/messaging/bridge/kafka.ts')
    bridges.set('kafka', kafkaBridge(kafka.brokers, { topic: events, ...access }))
  }
  if (nats) {
    const { natsBridge } = await import('../platform/messaging/bridge/nats.ts')
    bridges.set('nats', natsBridge(nats.url, { stream: natsStream, subjects: events }))
  }
  for (const bridge of bridges.values()) parts.adopt(bridge, (it) => it.close())
  return bridges
}

/** Takes commands from RabbitMQ, as the server takes them over HTTP. */
export const openCommands = async (
  url: string,
  {
    modules,
    server,
    onError,
  }: {
    readonly modules: readonly Pick<Module, 'routes'>[]
    readonly server: Pick<FastifyInstance, 'inject'>
    readonly onError: (error: unknown) => void
  },
): Promise<{ readonly close: () => Promise<void> }> => {
  const [{ takeCommands }, { rabbitmqCommands }] = await Promise.all([
    import('../edges/amqp/take-commands.ts'),
    import('../platform/messaging/command-queue/rabbitmq.ts'),
  ])
  return takeCommands(rabbitmqCommands(url, { onError }), {
    routes: modules.flatMap(({ routes }) => routes),
    inject: (request) => server.inject(request),
    prefix,
  })
}
