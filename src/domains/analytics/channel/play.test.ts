import { describe, expect, test } from 'vitest'
import {
  analyst,
  fill,
  inOrder,
  listening,
  positionsOf,
  stalling,
} from '../../../../test/support/analysts.ts'
import { letIn, socketWorld, someUser } from '../../../../test/support/sockets.ts'
import { Unavailable } from '../../../platform/unavailable.ts'
import type { RealtimeDependencies } from '../../../edges/sockets/index.ts'

const patient = { timeout: 120_000 }

describe('playing a replay', () => {
  test('continues after the log was unavailable, without duplicates', async () => {
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

  test('waits for a slow client, without reading ahead, and sends all events', async () => {
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
    const network = stalling(socket)
    const { replayId } = await socket.emitWithAck('replay:start', { until: String(count) })
    await expect.poll(() => events.length, patient).toBeGreaterThan(0)
    network.pause()
    // Network buffers fill; then no more pages are read.
    let before = -1
    await expect
      .poll(() => [before === reads, (before = reads)][0], { ...patient, interval: 300 })
      .toBe(true)
    expect(reads).toBeLessThan(count / 500)
    expect(done).toEqual([])
    network.resume()
    await expect.poll(() => done.length, patient).toBe(1)
    expect(replayId).toBeTypeOf('string')
    expect(positionsOf(events)).toEqual(Array.from({ length: count }, (_, n) => n + 1))
  })

  test('sends its progress, at most four times a second', async () => {
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
})
