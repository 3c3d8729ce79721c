import { connect, type ChannelModel, type ConfirmChannel, type ConsumeMessage } from 'amqplib'
import { backOff } from '../../back-off.ts'
import { closeSoon } from '../bridge/close-soon.ts'
import { closeConnection, connectionUrl } from '../bridge/rabbitmq.ts'
import { untilAborted } from '../bridge/until-aborted.ts'
import type { CommandQueue } from './port.ts'
import { commandQueues, declareQueues, isOwnQueue } from './rabbitmq-queues.ts'
import { faultOf, isReplyQueue, settle } from './rabbitmq-settle.ts'

/** Messages that one process works on at once. */
const prefetch = 16

/** Time limit of connecting, in ms. */
const connectMs = 5_000

/** Time that a stop waits for the commands being carried out, in ms. */
const stopMs = 3_000

/** Parts of a connection that is open. */
type Open = { readonly model: ChannelModel; readonly channel: ConfirmChannel }

/**
 * Commands from the queue `agora.commands` of RabbitMQ. Connects in the background, and anew after every cut; what was
 * not acknowledged is delivered again then.
 * @param url of RabbitMQ
 * @param options.onError called with every failure that it recovers from
 * @param options.delay the pause before a command that is put off is delivered again, in ms; an argument of its queue
 */
export const rabbitmqCommands = (
  url: string,
  {
    onError,
    delay = 10_000,
  }: { readonly onError: (error: unknown) => void; readonly delay?: number },
): CommandQueue => ({
  take: (handle) => {
    const stop = new AbortController()
    /** Aborted when commands are no longer waited for. */
    const give = new AbortController()
    const working = new Set<Promise<void>>()

    const work = async (channel: ConfirmChannel, message: ConsumeMessage, cut: AbortSignal) => {
      const { content, properties } = message
      const { messageId, correlationId, headers, replyTo } = properties
      const fault = faultOf(properties)
      const settlement = await handle(
        {
          content,
          messageId,
          correlationId,
          isAnswered: isReplyQueue(replyTo),
          authorization: headers?.['authorization'],
          ...(fault && { fault }),
        },
        AbortSignal.any([give.signal, cut]),
      )
      // On a connection that was cut, the message is delivered again.
      if (!cut.aborted) await settle(channel, message, settlement, cut)
    }

    const open = async (): Promise<Open> => {
      const model = await connect(connectionUrl(url), {
        timeout: connectMs,
        clientProperties: { connection_name: 'agora commands' },
      })
      try {
        model.on('error', onError)
        const channel = await model.createConfirmChannel()
        channel.on('error', onError)
        await declareQueues(channel, delay)
        await channel.prefetch(prefetch)
        return { model, channel }
      } catch (error) {
        await closeConnection(model)
        throw error
      }
    }

    /** Takes messages until the connection is cut or the stop. */
    const take = async ({ model, channel }: Open): Promise<void> => {
      const cut = new AbortController()
      const ended = Promise.withResolvers<void>()
      const end = () => {
        cut.abort(new Error('The connection was cut'))
        ended.resolve()
      }
      model.on('close', end)
      channel.on('close', end)
      // It comes before the confirmation: the message stays unacknowledged, and the queue is declared anew.
      channel.on('return', ({ fields }) => {
        if (!isOwnQueue(fields.routingKey)) return
        onError(new Error(`The queue ${fields.routingKey} was deleted`))
        end()
      })
      const stopped = () => ended.resolve()
      stop.signal.addEventListener('abort', stopped)
      if (stop.signal.aborted) stopped()
      const receive = (message: ConsumeMessage | null): void => {
        // The broker has cancelled the consumer: the queue was deleted.
        if (!message) return end()
        const done = work(channel, message, cut.signal).catch((error: unknown) => {
          if (!cut.signal.aborted && !give.signal.aborted) {
            onError(error)
            channel.nack(message)
          }
        })
        working.add(done)
        void done.finally(() => working.delete(done))
      }
      try {
        const { consumerTag } = await untilAborted(
          channel.consume(commandQueues.commands, receive),
          stop.signal,
        )
        await ended.promise
        if (cut.signal.aborted) return
        // A broker that blocks publishers answers nothing on this connection, and confirms nothing.
        await closeSoon(Promise.resolve(channel), (it) => it.cancel(consumerTag))
        const late = setTimeout(() => give.abort(new Error('The process stops')), stopMs)
        await untilAborted(Promise.all(working), give.signal).catch(() => undefined)
        clearTimeout(late)
      } finally {
        stop.signal.removeEventListener('abort', stopped)
        await closeConnection(model)
      }
    }

    const running = (async () => {
      const pauses = backOff({ first: 100, most: 5_000 })
      while (!stop.signal.aborted) {
        const opening = open()
        try {
          await take(await untilAborted(opening, stop.signal))
          pauses.reset()
        } catch (error) {
          if (stop.signal.aborted) return closeSoon(opening, ({ model }) => closeConnection(model))
          onError(error)
          await pauses.wait(stop.signal)
        }
      }
    })()

    return {
      close: async () => {
        stop.abort()
        await running
      },
    }
  },
})
