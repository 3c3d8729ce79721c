import { randomUUID } from 'node:crypto'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rabbitmq, rabbitmqctl } from '../../../../test/services/rabbitmq.ts'
import { startService, type Service } from '../../../../test/services/service.ts'
import { brokers } from '../../../../test/support/brokers.ts'
import type { BridgeMessage } from './port.ts'
import { rabbitmqBridge, type BoundQueue } from './rabbitmq.ts'

const message = (topic: string, ...names: readonly string[]): BridgeMessage => ({
  id: randomUUID(),
  key: randomUUID(),
  topic,
  names,
  body: Buffer.from('{}'),
})

describe.skipIf(!brokers.rabbitmq.has)(`a bridge to RabbitMQ${brokers.rabbitmq.needs}`, () => {
  let service: Service
  beforeAll(async () => void (service = await startService(rabbitmq)), 60_000)
  afterAll(() => service?.[Symbol.asyncDispose]())

  const withModel = async <T>(
    act: (
      channel: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createChannel']>>,
    ) => Promise<T>,
  ): Promise<T> => {
    const model = await connect(service.url)
    try {
      return await act(await model.createChannel())
    } finally {
      await model.close()
    }
  }
  const countIn = (queue: string) =>
    withModel(async (channel) => (await channel.checkQueue(queue)).messageCount)

  const opened = (
    queues: readonly BoundQueue[] = [],
    more: Partial<Parameters<typeof rabbitmqBridge>[1]> = {},
  ) => {
    const bridge = rabbitmqBridge(service.url, { exchange: 'agora.events', queues, ...more })
    return { ...bridge, [Symbol.asyncDispose]: () => bridge.close() }
  }

  test('a queue that is bound by several of its names gets a message once', async () => {
    const queue = randomUUID()
    await using bridge = opened([{ queue, keys: ['USER_REGISTERED', 'identity.#'] }])
    await bridge.publish([
      message('identity.UserRegistered', 'USER_REGISTERED', 'user_registered'),
      message('posts.PostCreated', 'POST_CREATED'),
    ])
    expect(await countIn(queue)).toBe(1)
  })

  test('a message that no queue receives is named, and does not stop the others', async () => {
    const queue = randomUUID()
    const unrouted: string[] = []
    await using bridge = opened([{ queue, keys: ['here'] }], {
      onUnrouted: (topic) => unrouted.push(topic),
    })
    await bridge.publish([message('nowhere'), message('here')])
    expect(unrouted).toEqual(['nowhere'])
    expect(await countIn(queue)).toBe(1)
  })

  test('a queue that a consumer has declared with other arguments is bound as it is', async () => {
    const queue = randomUUID()
    await withModel((channel) => channel.assertQueue(queue, { durable: true, maxLength: 10 }))
    await using bridge = opened([{ queue, keys: ['own'] }])
    await bridge.publish([message('own')])
    expect(await countIn(queue)).toBe(1)
  })

  test('a broker without memory takes nothing until it has some again', async () => {
    const queue = randomUUID()
    const changes: boolean[] = []
    await using bridge = opened([{ queue, keys: ['later'] }], {
      onBlocked: (isBlocked) => changes.push(isBlocked),
    })
    await bridge.publish([message('later')])
    await rabbitmqctl(service.url, 'set_vm_memory_high_watermark', 'absolute', '1')
    let isConfirmed = false
    const published = bridge.publish([message('later'), message('later')]).then(() => {
      isConfirmed = true
    })
    await expect.poll(() => changes).toEqual([true])
    expect(isConfirmed).toBe(false)
    const other = opened()
    const stop = new AbortController()
    const given = other.publish([message('later')], stop.signal)
    stop.abort(new Error('no longer wanted'))
    await expect(given).rejects.toThrow('no longer wanted')
    await other.close()
    await rabbitmqctl(service.url, 'set_vm_memory_high_watermark', '0.4')
    await published
    expect(changes).toEqual([true, false])
    expect(await countIn(queue)).toBe(3)
  })
})
