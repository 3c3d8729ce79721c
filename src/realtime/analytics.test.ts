import { randomUUID } from 'node:crypto'
import type { Socket } from 'socket.io-client'
import { Check } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '#kernel'
import { newId, someMetadata } from '#kernel/testing'
import {
  heard,
  letIn,
  someUser,
  socketWorld,
  type SocketWorld,
} from '../../test/support/sockets.ts'
import { replay, type ReplayId } from '../domains/analytics/index.ts'
import { account } from '../domains/identity/index.ts'
import { NotificationId, OrderId, UserId } from '../domains/shared/index.ts'
import type { EventLog } from '../platform/event-log/port.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { replays } from '../projections/index.ts'
import type { RealtimeDependencies } from './index.ts'
import { messages } from './messages.ts'

const patient = { timeout: 10_000 }

type Told = {
  readonly replayId: string
  readonly event: { readonly position: string; type: string }
}
type Progress = { readonly position: string; readonly events: number; readonly paused: boolean }
type Done = { readonly outcome: string; readonly events: number; readonly position: string }

/** Records so many events of a stream of their own, `every` ms apart. */
const fill = async (log: EventLog, count: number, every = 0, text = 'Hello'): Promise<string> => {
  const stream = `notification-${newId(NotificationId)}`
  const since = Date.parse('2030-01-01T12:00:00Z')
  for (let n = 0; n < count; n += 1)
    await log.append(stream, 'any', [
      {
        eventId: randomUUID(),
        type: 'NotificationRequested',
        data: {
          userId: newId(UserId),
          channel: 'email',
          type: 'hello',
          subject: 'Hello',
          text,
          orderId: newId(OrderId),
        },
        metadata: someMetadata,
        at: new Date(since + n * every).toISOString(),
      },
    ])
  return stream
}

const analyst = (world: SocketWorld, user = someUser(), options = {}): Socket =>
  world.connect('/analytics', world.tokenOf(user, 'analyst'), options)

/** Everything that a socket is told of replays. */
const listening = (socket: Socket) => ({
  events: heard<Told>(socket, 'replay:event'),
  progress: heard<Progress>(socket, 'replay:progress'),
  done: heard<Done>(socket, 'replay:done'),
})

const positionsOf = (told: readonly Told[]) => told.map(({ event }) => Number(event.position))
const inOrder = (positions: readonly number[]) =>
  expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => a - b))

describe('the door', () => {
  test('is open to analysts and admins, and to nobody else', async () => {
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

describe('a replay', () => {
  test('is played in order from the start to everyone who listens, and recorded as completed', async () => {
    await using world = await socketWorld()
    const stream = await fill(world.log, 1_300)
    const other = await fill(world.log, 10)
    const [one, two] = [analyst(world), analyst(world)]
    const first = listening(one)
    const answer = await one.emitWithAck('replay:start', { filter: { stream } })
    expect(answer).toEqual({
      ok: true,
      replayId: expect.any(String),
      status: 'RUNNING',
      fromPosition: '0',
      untilPosition: String(1_310),
      speed: 'max',
    })
    await expect
      .poll(() => first.done, patient)
      .toMatchObject([{ outcome: 'completed', events: 1_300 }])
    expect(positionsOf(first.events)).toEqual(Array.from({ length: 1_300 }, (_, n) => n + 1))
    const { replayId } = answer
    await expect
      .poll(async () => (await world.readModels.get(replays, replayId)).document, patient)
      .toMatchObject({ status: 'COMPLETED', events: 1_300 })

    // Later it is the same, whatever was recorded meanwhile, and completed once.
    await fill(world.log, 5)
    const second = listening(two)
    expect(await two.emitWithAck('replay:start', { replayId })).toMatchObject({
      ok: true,
      status: 'COMPLETED',
    })
    await expect.poll(() => second.done.length, patient).toBe(1)
    expect(second.events).toEqual(first.events)
    const recorded = await world.log.read(`replay-${replayId}`)
    expect(recorded.map(({ type }) => type)).toEqual(['ReplayStarted', 'ReplayCompleted'])
    expect(other).not.toBe(stream)
  })

  test('plays categories, types, positions and times as they were asked for', async () => {
    await using world = await socketWorld()
    await fill(world.log, 60, 60_000)
    const lamp = await world.sell(3)
    const head = Number(await world.log.head())
    const play = async (asked: object) => {
      const socket = analyst(world)
      const { events, done } = listening(socket)
      expect(await socket.emitWithAck('replay:start', asked)).toMatchObject({ ok: true })
      await expect.poll(() => done.length, patient).toBe(1)
      inOrder(positionsOf(events))
      return positionsOf(events)
    }
    const from = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, n) => first + n)
    expect(await play({ filter: { categories: ['notification'] } })).toEqual(from(1, 60))
    expect((await play({ filter: { categories: ['product', 'inventory'] } }))[0]).toBeGreaterThan(
      60,
    )
    expect(await play({ filter: { types: ['ProductCreated'] } })).toHaveLength(1)
    expect(await play({ filter: { stream: `product-${lamp}` } })).toHaveLength(1)
    expect(await play({ filter: { stream: `product-${lamp}`, types: ['OrderPlaced'] } })).toEqual(
      [],
    )
    expect(await play({ filter: { stream: `product-${lamp}`, categories: ['order'] } })).toEqual([])
    expect(await play({ fromPosition: '10', until: '12' })).toEqual([10, 11, 12])
    expect(
      await play({ fromTime: '2030-01-01T12:10:00Z', until: '2030-01-01T12:12:00+00:00' }),
    ).toEqual([11, 12, 13])
    expect(await play({ after: '58', until: '60' })).toEqual([59, 60])
    expect(await play({ fromPosition: String(head + 50_000) })).toEqual([])
  })

  test('keeps to the time between events, divided by its speed, but to no long silence', async () => {
    await using world = await socketWorld()
    await fill(world.log, 11, 1_000)
    const socket = analyst(world)
    const { events, done } = listening(socket)
    const arrivals: number[] = []
    socket.on('replay:event', () => void arrivals.push(performance.now()))
    await letIn(socket)
    const started = performance.now()
    await socket.emitWithAck('replay:start', { speed: 10 })
    await expect.poll(() => done.length, patient).toBe(1)
    expect(events).toHaveLength(11)
    // Ten seconds, ten times as fast; a slow machine may take longer, but never less.
    expect(arrivals[5]! - started).toBeGreaterThan(495)
    expect(arrivals[10]! - started).toBeGreaterThan(995)
    expect(arrivals[0]! - started).toBeLessThan(arrivals[10]! - started - 500)
  })

  test('rests and goes on for everyone who listens, in every process', async () => {
    await using world = await socketWorld()
    await fill(world.log, 60, 50)
    const user = someUser()
    const [one, two] = [analyst(world, user), analyst(world)]
    const [first, second] = [listening(one), listening(two)]
    const { replayId } = await one.emitWithAck('replay:start', { speed: 1 })
    await two.emitWithAck('replay:start', { replayId })
    await expect
      .poll(() => Math.min(first.events.length, second.events.length), patient)
      .toBeGreaterThan(2)
    // As if by another process: the sockets hear of it from the log only.
    const steer = async (type: 'PauseReplay' | 'ResumeReplay') => {
      const origin = { commandId: randomUUID(), actorId: user, correlationId: randomUUID() }
      const answer = await world.execute(replay, replayId as ReplayId, { type, data: {} }, origin)
      expect(isRefusal(answer)).toBe(false)
    }
    await steer('PauseReplay')
    for (const { progress } of [first, second])
      await expect.poll(() => progress.at(-1)?.paused, patient).toBe(true)
    const resting = [first.events.length, second.events.length]
    expect(Math.max(...resting)).toBeLessThan(60)
    // Another one goes on meanwhile, at the same speed.
    const third = analyst(world)
    const { events: others } = listening(third)
    await third.emitWithAck('replay:start', { speed: 1, until: '60' })
    await expect.poll(() => others.length, patient).toBeGreaterThan(10)
    expect([first.events.length, second.events.length]).toEqual(resting)
    expect(await one.emitWithAck('replay:resume', { replayId })).toMatchObject({
      ok: true,
      status: 'RUNNING',
    })
    for (const { events, done } of [first, second]) {
      await expect.poll(() => done.length, patient).toBe(1)
      expect(positionsOf(events)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1))
    }
  })

  test('that was paused rests for those who come later as well', async () => {
    await using world = await socketWorld()
    await fill(world.log, 20, 100)
    const [one, two] = [analyst(world), analyst(world)]
    const { replayId } = await one.emitWithAck('replay:start', { speed: 1 })
    expect(await one.emitWithAck('replay:pause', { replayId })).toMatchObject({ status: 'PAUSED' })
    const { events, progress, done } = listening(two)
    expect(await two.emitWithAck('replay:start', { replayId })).toMatchObject({ status: 'PAUSED' })
    await expect.poll(() => progress.at(-1), patient).toMatchObject({ paused: true, events: 0 })
    expect(events).toEqual([])
    await one.emitWithAck('replay:resume', { replayId })
    await expect.poll(() => done, patient).toMatchObject([{ outcome: 'completed', events: 20 }])
  })

  test('that is stopped is over for everyone, and is not played again', async () => {
    await using world = await socketWorld()
    await fill(world.log, 100, 1_000)
    const [one, two] = [analyst(world), analyst(world)]
    const [first, second] = [listening(one), listening(two)]
    const { replayId } = await one.emitWithAck('replay:start', { speed: 1 })
    await two.emitWithAck('replay:start', { replayId })
    expect(await one.emitWithAck('replay:stop', { replayId })).toMatchObject({ status: 'STOPPED' })
    for (const { done } of [first, second])
      await expect.poll(() => done, patient).toMatchObject([{ outcome: 'stopped' }])
    expect(await two.emitWithAck('replay:start', { replayId })).toMatchObject({
      ok: false,
      code: 'replay_stopped',
    })
    expect(await one.emitWithAck('replay:resume', { replayId })).toMatchObject({
      code: 'replay_stopped',
    })
  })

  test('is steered by who started it and by admins only, and left by anyone', async () => {
    await using world = await socketWorld()
    await fill(world.log, 100, 1_000)
    const [ann, bea] = [analyst(world), analyst(world)]
    const root = world.connect('/analytics', world.tokenOf(someUser(), 'admin'))
    const { replayId } = await ann.emitWithAck('replay:start', { speed: 1 })
    const told = listening(bea)
    await bea.emitWithAck('replay:start', { replayId })
    const head = await world.log.head()
    for (const verb of ['pause', 'resume', 'stop'])
      expect(await bea.emitWithAck(`replay:${verb}`, { replayId })).toMatchObject({
        ok: false,
        code: 'forbidden',
      })
    expect(await world.log.head()).toBe(head)
    expect(await bea.emitWithAck('replay:leave', { replayId })).toEqual({ ok: true })
    const heardSoFar = told.events.length
    expect(await root.emitWithAck('replay:stop', { replayId })).toMatchObject({ ok: true })
    expect(told.events.length).toBe(heardSoFar)
    expect(told.done).toEqual([])
  })

  test('that cannot be meant, or is not there, is refused in words', async () => {
    await using world = await socketWorld()
    const socket = analyst(world)
    const ask = (payload: object) => socket.emitWithAck('replay:start', payload)
    for (const [payload, field] of [
      [{ speed: 0 }, 'speed'],
      [{ until: 'tomorrow' }, 'until'],
      [{ fromTime: 'x' }, 'fromTime'],
      [{ fromPosition: '9', until: '8' }, 'until'],
      [{ after: '-1' }, 'after'],
      [{ filter: { stream: 'nodash' } }, 'filter.stream'],
      [{ replayId: 'x' }, 'replayId'],
      [{ replayId: randomUUID(), speed: 2 }, 'speed'],
      [{ from: '1' }, 'from'],
    ] as const) {
      const { ok, code, message } = await ask(payload)
      expect({ payload, ok, code }).toEqual({ payload, ok: false, code: 'invalid_request' })
      expect(message).toMatch(new RegExp(`^${field} `))
    }
    for (const verb of ['start', 'pause', 'resume', 'stop'])
      expect(await socket.emitWithAck(`replay:${verb}`, { replayId: randomUUID() })).toMatchObject({
        ok: false,
        code: 'no_such_replay',
      })
  })

  test('is one of five at the most that a socket hears, each once', async () => {
    await using world = await socketWorld()
    await fill(world.log, 100, 1_000)
    const socket = analyst(world)
    const start = (payload: object) => socket.emitWithAck('replay:start', payload)
    const answers = await Promise.all(Array.from({ length: 6 }, () => start({ speed: 1 })))
    const replayIds = answers.flatMap(({ replayId = [] }) => replayId)
    expect(replayIds).toHaveLength(5)
    expect(answers.at(-1)).toMatchObject({ ok: false, code: 'too_many_subscriptions' })
    const [replayId] = replayIds
    expect(await start({ replayId })).toMatchObject({ code: 'already_listening' })
    await socket.emitWithAck('replay:leave', { replayId })
    expect(await start({ replayId })).toMatchObject({ ok: true })
  })

  test('goes on by itself when the log was away meanwhile, and doubles nothing', async () => {
    let reads = 0
    const changes = ({ log }: RealtimeDependencies) => ({
      log: {
        ...log,
        readAll: async (...asked: Parameters<typeof log.readAll>) => {
          reads += 1
          if (reads % 3 === 2) throw new Unavailable('The log is away')
          return log.readAll(...asked)
        },
      },
    })
    await using world = await socketWorld({ changes })
    await fill(world.log, 1_200)
    const socket = analyst(world)
    const { events, done } = listening(socket)
    await socket.emitWithAck('replay:start', { until: '1200' })
    await expect.poll(() => done, patient).toMatchObject([{ outcome: 'completed', events: 1_200 }])
    expect(positionsOf(events)).toEqual(Array.from({ length: 1_200 }, (_, n) => n + 1))
    expect(reads).toBeGreaterThan(3)
  })

  test('waits for a client that is slow, without reading ahead, and leaves nothing out', async () => {
    let reads = 0
    const changes = ({ log }: RealtimeDependencies) => ({
      log: {
        ...log,
        readAll: async (...asked: Parameters<typeof log.readAll>) => {
          reads += 1
          return log.readAll(...asked)
        },
      },
    })
    await using world = await socketWorld({ changes })
    const count = 6_000
    await fill(world.log, count, 0, 'x'.repeat(9_000))
    const socket = analyst(world, someUser(), { transports: ['websocket'] })
    const { events, done } = listening(socket)
    await letIn(socket)
    const { ws } = socket.io.engine.transport as unknown as {
      ws: { _socket: { pause(): void; resume(): void } }
    }
    const { replayId } = await socket.emitWithAck('replay:start', { until: String(count) })
    await expect.poll(() => events.length, patient).toBeGreaterThan(0)
    ws._socket.pause()
    // Buffers of the network fill; then no page is read any more.
    let before = -1
    await expect
      .poll(() => [before === reads, (before = reads)][0], { ...patient, interval: 300 })
      .toBe(true)
    expect(reads).toBeLessThan(count / 500)
    expect(done).toEqual([])
    ws._socket.resume()
    await expect.poll(() => done.length, patient).toBe(1)
    expect(replayId).toBeTypeOf('string')
    expect(positionsOf(events)).toEqual(Array.from({ length: count }, (_, n) => n + 1))
  })

  test('tells how far it is, four times a second at the most', async () => {
    await using world = await socketWorld()
    await fill(world.log, 200, 5)
    const socket = analyst(world)
    const { progress, done } = listening(socket)
    const started = performance.now()
    await socket.emitWithAck('replay:start', { speed: 1 })
    await expect.poll(() => done.length, patient).toBe(1)
    expect(progress.length).toBeGreaterThan(1)
    expect(progress.length).toBeLessThanOrEqual((performance.now() - started) / 250 + 1)
    inOrder(progress.map(({ events }) => events))
  })

  test('ends with the connection of who listens', async () => {
    let told = 0
    const changes = ({ catalogue }: RealtimeDependencies) => ({
      catalogue: {
        masked: (type: string, data: unknown) => {
          told += 1
          return catalogue.masked(type, data)
        },
      },
    })
    await using world = await socketWorld({ changes })
    await fill(world.log, 2_000, 5)
    const socket = analyst(world)
    const { events } = listening(socket)
    await socket.emitWithAck('replay:start', { speed: 1 })
    await expect.poll(() => events.length, patient).toBeGreaterThan(10)
    socket.disconnect()
    const before = told
    const other = analyst(world)
    const { done } = listening(other)
    await other.emitWithAck('replay:start', { until: '300', speed: 1 })
    await expect.poll(() => done.length, patient).toBe(1)
    // Three hundred to this one; the first would have been told as many meanwhile.
    expect(told - before).toBeLessThan(450)
    expect(world.written).toEqual([])
  })
})

describe('live events', () => {
  test('are told by category and type as they are recorded, until one hears no more of them', async () => {
    await using world = await socketWorld()
    const socket = analyst(world)
    const told = heard<{ subscriptionId: string; event: { type: string; stream: string } }>(
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

  test('may begin in the past, and miss nothing on the way to the present', async () => {
    await using world = await socketWorld()
    await fill(world.log, 50)
    const socket = analyst(world)
    const told = heard<Told>(socket, 'live:event')
    await socket.emitWithAck('live:subscribe', { after: '40', category: 'notification' })
    await fill(world.log, 50)
    await expect.poll(() => told.length, patient).toBe(60)
    expect(positionsOf(told)).toEqual(Array.from({ length: 60 }, (_, n) => n + 41))
  })

  test('wait for a client that is slow, and none is left out', async () => {
    await using world = await socketWorld()
    const socket = analyst(world, someUser(), { transports: ['websocket'] })
    const told = heard<Told>(socket, 'live:event')
    await letIn(socket)
    const { ws } = socket.io.engine.transport as unknown as {
      ws: { _socket: { pause(): void; resume(): void } }
    }
    await socket.emitWithAck('live:subscribe', { category: 'notification' })
    ws._socket.pause()
    const count = 3_000
    await fill(world.log, count, 0, 'x'.repeat(9_000))
    ws._socket.resume()
    await expect.poll(() => told.length, patient).toBe(count)
    expect(positionsOf(told)).toEqual(Array.from({ length: count }, (_, n) => n + 1))
  })

  test('are subscribed to twenty times at the most by one socket', async () => {
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

test('neither passwords nor persons are told, and every message is as it is declared', async () => {
  await using world = await socketWorld()
  const socket = analyst(world)
  const texts: string[] = []
  const invalid: unknown[] = []
  socket.onAny((name: keyof (typeof messages)['/analytics']['server'], payload: unknown) => {
    texts.push(JSON.stringify(payload))
    if (!Check(messages['/analytics'].server[name].payload, payload))
      invalid.push({ name, payload })
  })
  const live = heard(socket, 'live:event')
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
