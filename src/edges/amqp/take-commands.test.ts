import { randomUUID } from 'node:crypto'
import { connect, type Channel, type ConsumeMessage } from 'amqplib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rabbitmq, rabbitmqctl } from '../../../test/services/rabbitmq.ts'
import { startService, type Service } from '../../../test/services/service.ts'
import { brokers } from '../../../test/support/brokers.ts'
import { httpWorld } from '../../../test/support/http.ts'
import { until } from '../../../test/support/until.ts'
import { rabbitmqCommands } from '../../platform/messaging/command-queue/rabbitmq.ts'
import { commandQueues } from '../../platform/messaging/command-queue/rabbitmq-queues.ts'
import { takeCommands } from './take-commands.ts'

describe.skipIf(!brokers.rabbitmq.has)(`commands from RabbitMQ${brokers.rabbitmq.needs}`, () => {
  let service: Service
  beforeAll(async () => void (service = await startService(rabbitmq)), 60_000)
  afterAll(() => service?.[Symbol.asyncDispose]())

  /** An Agora that takes commands, and another system that sends some. */
  const world = async () => {
    await using opened = new AsyncDisposableStack()
    const http = opened.use(await httpWorld({ contexts: ['posts', 'profiles', 'media'] }))
    const errors: unknown[] = []
    const take = () =>
      takeCommands(rabbitmqCommands(service.url, { onError: (error) => void errors.push(error) }), {
        routes: http.deps.modules.flatMap(({ routes }) => routes),
        inject: (request) => http.app.inject(request),
        prefix: '/api/v1',
      })
    opened.adopt(take(), (it) => it.close())
    const connection = opened.adopt(await connect(service.url), (it) =>
      it.close().catch(() => undefined),
    )
    await until(
      async () => {
        const looking = await connection.createChannel()
        looking.on('error', () => undefined)
        const { consumerCount } = await looking.checkQueue(commandQueues.commands)
        await looking.close()
        return consumerCount
      },
      (count) => count > 0,
    )
    const channel: Channel = await connection.createChannel()
    const replies: ConsumeMessage[] = []
    const { queue: replyTo } = await channel.assertQueue('', { exclusive: true })
    await channel.consume(replyTo, (message) => message && replies.push(message), { noAck: true })
    const all = opened.move()
    return {
      http,
      errors,
      replies,
      replyTo,
      connection,
      [Symbol.asyncDispose]: () => all.disposeAsync(),
    }
  }

  const send = async (
    { connection }: Awaited<ReturnType<typeof world>>,
    message: unknown,
    {
      token,
      ...options
    }: { token?: string; messageId?: string; replyTo?: string; correlationId?: string },
  ) => {
    const channel = await connection.createConfirmChannel()
    channel.sendToQueue(
      commandQueues.commands,
      Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)),
      { ...options, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } },
    )
    await channel.waitForConfirms()
    await channel.close()
  }
  const contentOf = (message: ConsumeMessage | undefined) =>
    JSON.parse(message?.content.toString() ?? 'null') as { status: number; body: { data: never } }

  const deadOf = async ({ connection }: Awaited<ReturnType<typeof world>>) => {
    const channel = await connection.createChannel()
    const found = await until(
      () => channel.get(commandQueues.dead, { noAck: true }),
      (one) => one !== false,
    )
    await channel.close()
    return found as Exclude<typeof found, boolean>
  }

  const post = { operation: 'createPost', body: { content: 'from another system' } }

  test('a command is carried out once, and answered each time, under its message id', async () => {
    await using here = await world()
    const ada = await here.http.someone('ada')
    const options = {
      token: ada.token,
      messageId: randomUUID(),
      replyTo: here.replyTo,
      correlationId: 'mine',
    }
    await send(here, post, options)
    await send(here, post, options)
    await expect.poll(() => here.replies.length, { timeout: 20_000 }).toBe(2)
    const [first, second] = here.replies
    expect(contentOf(first)).toMatchObject({ status: 201, body: { success: true } })
    expect(contentOf(second)).toEqual(contentOf(first))
    expect(first?.properties.correlationId).toBe('mine')
    const created = (await here.http.log.readAll()).events.filter(
      ({ type }) => type === 'PostCreated',
    )
    expect(created).toHaveLength(1)
  })

  test('a caller without the rights, or without a token, is refused', async () => {
    await using here = await world()
    const [ada, bob] = [await here.http.someone('ada'), await here.http.someone('bob')]
    const { body } = await ada.call('POST', '/posts', { content: 'mine' })
    const foreign = { operation: 'deletePost', params: { id: body.data.postId } }
    const { replyTo } = here
    await send(here, foreign, { token: bob.token, messageId: randomUUID(), replyTo })
    await expect.poll(() => here.replies.length, { timeout: 20_000 }).toBe(1)
    await send(here, foreign, { token: 'nonsense', messageId: randomUUID(), replyTo })
    await expect.poll(() => here.replies.length).toBe(2)
    await send(here, foreign, { messageId: randomUUID(), replyTo })
    await expect.poll(() => here.replies.length).toBe(3)
    expect(here.replies.map((one) => contentOf(one).status)).toEqual([403, 401, 401])
    // Nobody waits for this answer.
    await send(here, foreign, { token: bob.token, messageId: 'of-bob' })
    const dead = await deadOf(here)
    expect(dead.properties).toMatchObject({
      messageId: 'of-bob',
      headers: { 'agora-status': 403, 'agora-reason': expect.any(String) },
    })
    expect(JSON.stringify(dead.properties.headers)).not.toContain(bob.token)
  })

  test('nonsense, and a command without a key, go to the dead letters, and the next command is carried out', async () => {
    await using here = await world()
    const ada = await here.http.someone('ada')
    const { token } = ada
    await send(here, '{"operation":', { token, messageId: 'nonsense' })
    expect((await deadOf(here)).properties.headers).toMatchObject({
      'agora-reason': 'The body of the message is no JSON',
    })
    await send(here, post, { token })
    const dead = await deadOf(here)
    expect(dead.content.toString()).toBe(JSON.stringify(post))
    expect(dead.properties.headers).toMatchObject({
      'agora-status': 400,
      'agora-reason': expect.stringContaining('message-id'),
    })
    await send(here, post, { token, messageId: randomUUID(), replyTo: here.replyTo })
    await expect.poll(() => here.replies.length, { timeout: 20_000 }).toBe(1)
    expect(contentOf(here.replies[0]).status).toBe(201)
  })

  test('commands go on after the broker has cut all connections', async () => {
    await using here = await world()
    const ada = await here.http.someone('ada')
    here.connection.on('error', () => undefined)
    await rabbitmqctl(service.url, 'close_all_connections', 'a test')
    const connection = await connect(service.url)
    await send({ ...here, connection }, post, { token: ada.token, messageId: 'after' })
    await expect
      .poll(async () => (await here.http.log.readAll()).events.map(({ type }) => type), {
        timeout: 20_000,
      })
      .toContain('PostCreated')
    await connection.close()
  }, 60_000)
})
