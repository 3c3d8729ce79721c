import { randomUUID } from 'node:crypto'
import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { newId } from '#kernel/testing'
import {
  analyst,
  fill,
  listening,
  positionsOf,
  stalling,
  type EventMessage,
} from '../../../test/support/analysts.ts'
import { messagesOf, letIn, socketWorld, someUser } from '../../../test/support/sockets.ts'
import { account, email, emailIdOf } from '../identity/language.ts'
import { UserId } from '../shared/index.ts'
import type { RealtimeDependencies } from '../../edges/sockets/index.ts'
import { server } from './channel/messages.ts'

const patient = { timeout: 120_000 }

describe('the access to the channel', () => {
  test('is permitted to analysts and admins only', async () => {
    await using world = await socketWorld()
    for (const role of ['analyst', 'admin'] as const)
      await letIn(world.connect('/analytics', world.tokenOf(someUser(), role)))
    await expect(
      letIn(world.connect('/analytics', world.tokenOf(someUser(), 'buyer', 'seller'))),
    ).rejects.toMatchObject({ data: { code: 'forbidden' } })
    await expect(letIn(world.connect('/analytics'))).rejects.toMatchObject({
      data: { code: 'unauthorized' },
    })
  })
})

describe('a guessable id', () => {
  test('finds a person neither live nor in a replay', async () => {
    await using world = await socketWorld()
    const socket = analyst(world)
    const told = messagesOf<{ event: { type: string; stream: string } }>(socket, 'live:event')
    await socket.emitWithAck('live:subscribe', {})
    const [userId, emailId] = [someUser(), emailIdOf('ada@example.org')]
    const origin = { commandId: userId, actorId: userId, correlationId: userId }
    const claim = { type: 'ClaimEmail' as const, data: { userId } }
    await world.execute(email, emailId, claim, origin)
    await expect.poll(() => told.map(({ event }) => event.type), patient).toEqual(['EmailClaimed'])
    expect(told[0]?.event.stream).toBe('email-***')
    const replay = listening(socket)
    await socket.emitWithAck('replay:start', { filter: { stream: `email-${emailId}` } })
    await expect.poll(() => replay.done.length, patient).toBe(1)
    expect(replay.events).toEqual([])
  })
})

test('the figures of the day are sent as a socket connects, and after changes', async () => {
  await using world = await socketWorld()
  const told = messagesOf<{ funnel: { order: number } }>(analyst(world), 'dashboard:update')
  await expect.poll(() => told.map(({ funnel }) => funnel.order), patient).toEqual([0])
  await world.buy(someUser(), await world.sell(1))
  await expect.poll(() => told.at(-1)?.funnel.order, patient).toBe(1)
})

describe('live events', () => {
  test('are sent by category and type as they are recorded, until the subscription ends', async () => {
    await using world = await socketWorld()
    const socket = analyst(world)
    const told = messagesOf<{ subscriptionId: string; event: { type: string; stream: string } }>(
      socket,
      'live:event',
    )
    const subscribe = (payload: object) => socket.emitWithAck('live:subscribe', payload)
    const all = await subscribe({})
    const orders = await subscribe({ category: 'order' })
    const products = await subscribe({ types: ['ProductCreated', 'StockInitialized'] })
    const lamp = await world.sell(3)
    await world.buy(someUser(), lamp)
    const of = ({ subscriptionId }: { subscriptionId: string }) =>
      told.filter((one) => one.subscriptionId === subscriptionId).map(({ event }) => event)
    await expect.poll(() => of(orders).map(({ type }) => type), patient).toContain('OrderPlaced')
    expect(of(orders).every(({ stream }) => stream.startsWith('order-'))).toBe(true)
    await expect.poll(() => of(products).length, patient).toBe(2)
    await expect.poll(() => of(all).length, patient).toBeGreaterThan(5)
    const { subscriptionId } = orders
    expect(await socket.emitWithAck('live:unsubscribe', { subscriptionId })).toEqual({ ok: true })
    const before = of(orders).length
    const seen = of(all).length
    await world.buy(someUser(), lamp)
    await expect.poll(() => of(all).length, patient).toBeGreaterThan(seen + 2)
    expect(of(orders).length).toBe(before)
  })

  test('may start in the past, and miss no event up to the head', async () => {
    await using world = await socketWorld()
    await fill(world.log, 50)
    const socket = analyst(world)
    const told = messagesOf<EventMessage>(socket, 'live:event')
    await socket.emitWithAck('live:subscribe', { after: '40', category: 'notification' })
    await fill(world.log, 50)
    await expect.poll(() => told.length, patient).toBe(60)
    expect(positionsOf(told)).toEqual(Array.from({ length: 60 }, (_, n) => n + 41))
  })

  test('wait for a slow client, and none is left out', async () => {
    let tells = 0
    const changes = ({ catalogue }: RealtimeDependencies) => ({
      catalogue: {
        ...catalogue,
        masked: (type: string, data: unknown) => {
          tells += 1
          return catalogue.masked(type, data)
        },
      },
    })
    await using world = await socketWorld({ changes })
    const socket = analyst(world, someUser(), { transports: ['websocket'] })
    const told = messagesOf<EventMessage>(socket, 'live:event')
    await letIn(socket)
    const network = stalling(socket)
    await socket.emitWithAck('live:subscribe', { category: 'notification' })
    network.pause()
    const count = 3_000
    await fill(world.log, count, 0, 'x'.repeat(9_000))
    // Network buffers fill; then no more events are sent.
    let before = -1
    await expect
      .poll(() => [before === tells, (before = tells)][0], { ...patient, interval: 300 })
      .toBe(true)
    expect(tells).toBeLessThan(count)
    network.resume()
    await expect.poll(() => told.length, patient).toBe(count)
    expect(positionsOf(told)).toEqual(Array.from({ length: count }, (_, n) => n + 1))
  })

  test('are limited to twenty subscriptions of a socket', async () => {
    await using world = await socketWorld()
    const socket = analyst(world)
    const answers = await Promise.all(
      Array.from({ length: 21 }, () => socket.emitWithAck('live:subscribe', {})),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(20)
    expect(answers.at(-1)).toMatchObject({ code: 'too_many_subscriptions' })
    const { subscriptionId } = answers[0]
    await socket.emitWithAck('live:unsubscribe', { subscriptionId })
    expect(await socket.emitWithAck('live:subscribe', {})).toMatchObject({ ok: true })
  })
})

test('messages match their declarations, with secret and personal fields masked', async () => {
  await using world = await socketWorld()
  const socket = analyst(world)
  const texts: string[] = []
  const invalid: unknown[] = []
  socket.onAny((name: keyof typeof server, payload: unknown) => {
    texts.push(JSON.stringify(payload))
    if (!Check(server[name].payload, payload)) invalid.push({ name, payload })
  })
  const live = messagesOf(socket, 'live:event')
  await socket.emitWithAck('live:subscribe', {})
  const userId = newId(UserId)
  const commandId = randomUUID()
  await world.execute(
    account,
    userId,
    {
      type: 'RegisterAccount',
      data: {
        userId,
        email: 'ada@example.org',
        username: 'ada',
        roles: ['buyer'],
        passwordHash: '$argon2id$secret',
      },
    },
    { commandId, actorId: userId, correlationId: commandId },
  )
  await world.buy(userId, await world.sell(1))
  const { done, events } = listening(socket)
  await socket.emitWithAck('replay:start', {})
  await expect.poll(() => done.length, patient).toBe(1)
  await expect.poll(() => live.length, patient).toBeGreaterThan(4)
  expect(events.map(({ event }) => event.type)).toContain('PasswordSet')
  const leaks = texts.filter((text) => /argon2|example\.org|tok_ok/.test(text))
  expect(leaks).toEqual([])
  expect(invalid).toEqual([])
})
