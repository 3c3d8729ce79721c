import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  analyst,
  fill,
  inOrder,
  listening,
  positionsOf,
} from '../../../../test/support/analysts.ts'
import { letIn, socketWorld } from '../../../../test/support/sockets.ts'
import { replays } from '../../../projections/index.ts'
import type { RealtimeDependencies } from '../../../edges/sockets/index.ts'

const patient = { timeout: 120_000 }

describe('a replay', () => {
  test('is played in order from the start to every listener, and recorded as completed', async () => {
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

    // A later play has the same events, and the completion is recorded once.
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

  test('plays the requested categories, types, positions and times', async () => {
    await using world = await socketWorld()
    const stream = await fill(world.log, 60, 60_000)
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
    expect(await play({ after: '58', filter: { stream } })).toEqual([59, 60])
    expect(await play({ filter: { stream }, fromPosition: '2', until: '4' })).toEqual([2, 3, 4])
    expect(await play({ fromPosition: String(head + 50_000) })).toEqual([])
  })

  test('waits between events by its speed, up to the longest wait', async () => {
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
    // Ten seconds at ten times the speed; a slow machine may take longer, but never less.
    expect(arrivals[5]! - started).toBeGreaterThan(495)
    expect(arrivals[10]! - started).toBeGreaterThan(995)
    expect(arrivals[0]! - started).toBeLessThan(arrivals[10]! - started - 500)
  })

  test('that is invalid or unknown is refused with a sentence', async () => {
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

  test('is one of at most five on a socket, each once', async () => {
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

  test('ends with the connection of its listener', async () => {
    let told = 0
    const changes = ({ catalogue }: RealtimeDependencies) => ({
      catalogue: {
        ...catalogue,
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
    let before = -1
    await expect
      .poll(() => [before === told, (before = told)][0], { ...patient, interval: 300 })
      .toBe(true)
    expect(told).toBeLessThan(2_000)
    expect(world.written).toEqual([])
  })
})
