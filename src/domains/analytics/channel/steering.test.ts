import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { isRefusal } from '#kernel'
import { analyst, fill, listening, positionsOf } from '../../../../test/support/analysts.ts'
import { socketWorld, someUser } from '../../../../test/support/sockets.ts'
import { replay, type ReplayId } from '../language.ts'

const patient = { timeout: 120_000 }

describe('pausing, resuming and stopping a replay', () => {
  /** @param gap between two of sixty events, in ms @returns false when the replay was over before it could rest */
  const restsAndGoesOn = async (gap: number): Promise<boolean> => {
    await using world = await socketWorld()
    await fill(world.log, 60, gap)
    const user = someUser()
    const [one, two] = [analyst(world, user), analyst(world)]
    const [first, second] = [listening(one), listening(two)]
    const { replayId } = await one.emitWithAck('replay:start', { speed: 1 })
    await two.emitWithAck('replay:start', { replayId })
    await expect
      .poll(() => Math.min(first.events.length, second.events.length), patient)
      .toBeGreaterThan(2)
    // As if by another process: the sockets learn of it from the log only.
    const steer = async (type: 'PauseReplay' | 'ResumeReplay') => {
      const origin = { commandId: randomUUID(), actorId: user, correlationId: randomUUID() }
      const answer = await world.execute(replay, replayId as ReplayId, { type, data: {} }, origin)
      expect(isRefusal(answer)).toBe(false)
    }
    await steer('PauseReplay')
    for (const { progress } of [first, second])
      await expect.poll(() => progress.at(-1)?.paused, patient).toBe(true)
    const resting = [first.events.length, second.events.length]
    if (resting.includes(60)) return false
    // Another replay continues meanwhile at the same speed.
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
    return true
  }

  test('applies to all listeners, in every process', async () => {
    // A busy machine gets more time to pause before the end.
    const rested = (await restsAndGoesOn(50)) || (await restsAndGoesOn(500))
    expect(rested).toBe(true)
  })

  test('pauses it for later listeners as well', async () => {
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

  test('ends a stopped replay for all listeners, and it is not played again', async () => {
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

  test('is permitted to its starter and admins only; every listener may leave', async () => {
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
})
