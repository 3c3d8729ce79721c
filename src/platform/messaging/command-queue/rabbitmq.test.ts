import { randomUUID } from 'node:crypto'
import { connect, type GetMessage, type Options } from 'amqplib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rabbitmq, rabbitmqctl } from '../../../../test/services/rabbitmq.ts'
import { startService, type Service } from '../../../../test/services/service.ts'
import { brokers } from '../../../../test/support/brokers.ts'
import { until } from '../../../../test/support/until.ts'
import type { CommandDelivery, CommandQueue } from './port.ts'
import { rabbitmqCommands } from './rabbitmq.ts'
import { commandQueues } from './rabbitmq-queues.ts'

type Handle = Parameters<CommandQueue['take']>[0]

/** Header that the queue of dead letters adds itself. */
const ofDeadQueue = { 'x-delivery-count': 0 }

const done = { answer: { status: 200 } }

describe.skipIf(!brokers.rabbitmq.has)(
  `the queue of commands in RabbitMQ${brokers.rabbitmq.needs}`,
  () => {
    let service: Service
    beforeAll(async () => void (service = await startService(rabbitmq)), 60_000)
    afterAll(() => service?.[Symbol.asyncDispose]())

    const take = (handle: Handle) =>
      rabbitmqCommands(service.url, { onError: () => undefined, delay: 50 }).take(handle)

    /** A process that takes commands, and another system. @param handle settles them */
    const world = async (handle: Handle) => {
      await using opened = new AsyncDisposableStack()
      const deliveries: CommandDelivery[] = []
      const taking = take(async (delivery, signal) => {
        deliveries.push(delivery)
        return handle(delivery, signal)
      })
      opened.adopt(taking, (it) => it.close())
      const model = opened.adopt(await connect(service.url), (it) => it.close())
      await until(
        async () => {
          const looking = await model.createChannel()
          looking.on('error', () => undefined)
          const { consumerCount } = await looking.checkQueue(commandQueues.commands)
          await looking.close()
          return consumerCount
        },
        (count) => count === 1,
      )
      const channel = await model.createConfirmChannel()
      const own = await channel.assertQueue('', { exclusive: true })
      const get = async (queue: string): Promise<GetMessage> => {
        const found = await until(
          () => channel.get(queue, { noAck: true }),
          (one) => one !== false,
        )
        return found as GetMessage
      }
      const send = async (body: string, options: Options.Publish = {}) => {
        channel.sendToQueue(commandQueues.commands, Buffer.from(body), {
          messageId: randomUUID(),
          ...options,
          headers: { Authorization: 'Bearer x', authorization: 'Bearer y', ...options.headers },
        })
        await channel.waitForConfirms()
      }
      const all = opened.move()
      return {
        deliveries,
        model,
        channel,
        send,
        get,
        replyTo: own.queue,
        close: taking.close,
        [Symbol.asyncDispose]: () => all.disposeAsync(),
      }
    }

    test('a command that is put off is delivered again as it was', async () => {
      const handled: string[] = []
      await using here = await world(async ({ content }) => {
        handled.push(String(content))
        return handled.length === 1 ? 'later' : done
      })
      const { replyTo } = here
      await here.send('first', { messageId: 'id', correlationId: 'mine', replyTo })
      expect((await here.get(replyTo)).properties.correlationId).toBe('mine')
      expect(handled).toEqual(['first', 'first'])
      const [before, after] = here.deliveries
      expect(after).toEqual(before)
      expect(after).toMatchObject({ messageId: 'id', authorization: 'Bearer y', isAnswered: true })
    })

    test('a queue that is none for answers gets none, and no copy of a dead letter', async () => {
      await using here = await world(async ({ fault }) =>
        fault ? { answer: {}, dead: fault } : done,
      )
      const { queue } = await here.channel.assertQueue(`other-${randomUUID()}`, {
        exclusive: true,
      })
      await here.send('{}', { replyTo: queue, headers: { CC: [queue] } })
      const { properties } = await here.get(commandQueues.dead)
      expect(properties.headers).toEqual({
        ...ofDeadQueue,
        'agora-status': 400,
        'agora-reason': expect.stringContaining('reply-to'),
      })
      expect(here.deliveries).toMatchObject([{ isAnswered: false }])
      // The copy that the sender itself has sent.
      expect((await here.channel.checkQueue(queue)).messageCount).toBe(1)
    })

    test('a dead letter has no body that may have secrets', async () => {
      await using here = await world(async () => ({
        answer: {},
        dead: { status: 403, reason: 'no command', isSecret: true },
      }))
      await here.send('{"password":"secret"}')
      expect((await here.get(commandQueues.dead)).content).toHaveLength(0)
    })

    test('a message that is delivered too often is a dead letter without its token', async () => {
      await using here = await world(async ({ fault }) => {
        if (!fault) throw new Error('It fails')
        return { answer: {}, dead: fault }
      })
      await here.send('{}')
      const { properties } = await here.get(commandQueues.dead)
      expect(properties.headers).toEqual({
        ...ofDeadQueue,
        'agora-status': 500,
        'agora-reason': expect.stringContaining('15 times'),
      })
    })

    test('a dead letter whose queue was deleted is not lost', async () => {
      await using here = await world(async () => ({
        answer: {},
        dead: { status: 400, reason: 'no command' },
      }))
      await here.channel.deleteQueue(commandQueues.dead)
      await here.send('poison')
      await until(
        () => here.deliveries.length,
        (count) => count > 1,
      )
      expect(String((await here.get(commandQueues.dead)).content)).toBe('poison')
    })

    test('a broker that blocks publishers does not hold up a stop, and the command is taken again', async () => {
      const gate = Promise.withResolvers<void>()
      await using here = await world(async () => {
        await gate.promise
        return done
      })
      await here.send('{}', { replyTo: here.replyTo })
      await until(() => here.deliveries.length, Boolean)
      let isBlocked = false
      here.model.on('blocked', () => (isBlocked = true))
      await rabbitmqctl(service.url, 'set_vm_memory_high_watermark', 'absolute', '1')
      await until(() => {
        here.channel.sendToQueue('nowhere', Buffer.alloc(0))
        return isBlocked
      }, Boolean)
      gate.resolve()
      await here.close()
      await rabbitmqctl(service.url, 'set_vm_memory_high_watermark', '0.4')
      const again = Promise.withResolvers<string>()
      const next = take(async ({ content }) => {
        again.resolve(String(content))
        return done
      })
      expect(await again.promise).toBe('{}')
      await next.close()
    }, 120_000)
  },
)
