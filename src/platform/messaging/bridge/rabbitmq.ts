import { connect, type ChannelModel } from 'amqplib'
import { messageOf } from '#kernel/error-message'
import { Unavailable } from '../../unavailable.ts'
import { closeSoon } from './close-soon.ts'
import { orderedSender, type OrderedSender } from './ordered-sender.ts'
import { cloudEvents, MessageRefused, type Bridge, type BridgeMessage } from './port.ts'
import { untilAborted } from './until-aborted.ts'

/** Time limit of connecting, in ms. */
const connectMs = 5_000

/** Seconds after which a silent connection is checked; it is closed when two checks were not answered. */
const heartbeatSeconds = 10

/** Reply code of AMQP for a message that cannot be taken: larger than the broker's limit (AMQP 0-9-1, 1.1). */
const preconditionFailed = 406

/** A durable queue, and the routing keys that it receives. */
export type BoundQueue = { readonly queue: string; readonly keys: readonly string[] }

/** URL with the settings of the connection. */
export const connectionUrl = (url: string): string => {
  const parsed = new URL(url)
  if (!parsed.searchParams.has('heartbeat'))
    parsed.searchParams.set('heartbeat', String(heartbeatSeconds))
  return parsed.href
}

/** Closes a connection; one that does not answer is cut. */
export const closeConnection = async (model: ChannelModel): Promise<void> => {
  await closeSoon(Promise.resolve(model), (it) => it.close())
  // amqplib has no way of its own to end a connection whose peer does not answer.
  ;(model.connection as unknown as { stream: { destroy: () => void } }).stream.destroy()
}

type Link = {
  readonly model: ChannelModel
  readonly sender: OrderedSender
  /** The error with which the broker has closed the channel. */
  readonly failure: () => { readonly code?: number; readonly message: string } | undefined
}

/**
 * A bridge to RabbitMQ: persistent messages to a durable topic exchange, each confirmed. The routing key is the topic;
 * further names are in the header `CC`, by which queues are bound as well.
 * @param options.exchange its name, `agora.events`
 * @param options.queues queues to declare and bind. One that exists with other arguments is bound as it is
 * @param options.onUnrouted called with the topic of a message that no queue receives: it is confirmed all the same
 * @param options.onBlocked called when the broker stops reading from publishers (`true`, with its reason), and when it
 *   reads again
 */
export const rabbitmqBridge = (
  url: string,
  {
    exchange,
    queues = [],
    onUnrouted = () => undefined,
    onBlocked = () => undefined,
  }: {
    readonly exchange: string
    readonly queues?: readonly BoundQueue[]
    readonly onUnrouted?: (topic: string) => void
    readonly onBlocked?: (isBlocked: boolean, reason?: string) => void
  },
): Bridge => {
  let opening: Promise<Link> | undefined

  const declare = async (model: ChannelModel, { queue, keys }: BoundQueue): Promise<void> => {
    const channel = await model.createChannel()
    let isOpen = true
    channel.on('error', () => (isOpen = false))
    await channel.assertQueue(queue, { durable: true }).catch((error: unknown) => {
      if ((error as { code?: number }).code !== preconditionFailed) throw error
    })
    const binding = isOpen ? channel : await model.createChannel()
    for (const key of keys) await binding.bindQueue(queue, exchange, key)
    await binding.close()
  }

  const open = async (forget: () => void): Promise<Link> => {
    const model = await connect(connectionUrl(url), {
      timeout: connectMs,
      clientProperties: { connection_name: 'agora' },
    })
    try {
      let failure: Error | undefined
      // Without listeners, errors would end the process; waiting confirms are rejected in any case.
      model.on('error', (error: Error) => (failure = error))
      model.on('blocked', (reason) => onBlocked(true, String(reason)))
      model.on('unblocked', () => onBlocked(false))
      const channel = await model.createConfirmChannel()
      channel.on('error', (error: Error) => (failure = error))
      channel.on('return', ({ fields }) => onUnrouted(fields.routingKey))
      await channel.assertExchange(exchange, 'topic', { durable: true })
      for (const one of queues) await declare(model, one)
      const sender = orderedSender(({ id, topic, names, body }, settled) => {
        channel.publish(
          exchange,
          topic,
          body,
          {
            persistent: true,
            mandatory: true,
            messageId: id,
            contentType: cloudEvents,
            ...(names.length > 0 && { CC: [...names] }),
          },
          (error: unknown) => settled(error ?? undefined),
        )
      })
      model.on('close', forget)
      channel.on('close', forget)
      return { model, sender, failure: () => failure }
    } catch (error) {
      await closeConnection(model)
      throw error
    }
  }

  const link = (): Promise<Link> => {
    if (opening) return opening
    const forget = () => {
      if (opening === begun) opening = undefined
    }
    const begun = open(forget)
    opening = begun
    begun.catch(forget)
    return begun
  }

  const publishOver = async (
    begun: Promise<Link>,
    messages: readonly BridgeMessage[],
    signal: AbortSignal | undefined,
  ): Promise<void> => {
    let used: Link
    try {
      used = await untilAborted(begun, signal)
    } catch (error) {
      signal?.throwIfAborted()
      throw new Unavailable(`RabbitMQ does not answer: ${messageOf(error)}`, { cause: error })
    }
    try {
      await untilAborted(used.sender.sendAll(messages), signal)
    } catch (error) {
      const failure = used.failure()
      // What is in flight on the connection stays unknown.
      if (opening === begun) opening = undefined
      used.sender.fail(error)
      await closeConnection(used.model)
      signal?.throwIfAborted()
      if (failure?.code === preconditionFailed)
        throw new MessageRefused(failure.message, { cause: error })
      throw new Unavailable(`RabbitMQ did not confirm: ${failure?.message ?? messageOf(error)}`, {
        cause: error,
      })
    }
  }

  return {
    publish: (messages, signal) => publishOver(link(), messages, signal),
    line: () => {
      let begun: Promise<Link> | undefined
      return {
        publish: (messages, signal) => publishOver((begun ??= link()), messages, signal),
      }
    },
    close: async () => {
      const begun = opening
      opening = undefined
      await closeSoon(begun, ({ model }) => closeConnection(model))
    },
  }
}
