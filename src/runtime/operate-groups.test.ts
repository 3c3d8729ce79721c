import { expect, test } from 'vitest'
import { usualSettings } from '../platform/messaging/consumer-groups/testing/usual-settings.ts'
import { memoryConsumerGroups } from '../platform/messaging/consumer-groups/memory.ts'
import type { GroupKey } from '../platform/messaging/consumer-groups/port.ts'
import { operateGroups } from './operate-groups.ts'

/** Groups of this name on these streams, each with two parked messages. */
const withParked = async (...sources: string[]) => {
  const groups = memoryConsumerGroups()
  const term = await groups.lead({ host: 'here', port: 1 })
  const keys = sources.map((source): GroupKey => ({ source, name: 'mail' }))
  for (const key of keys) {
    const definition = { startFrom: 'start', settings: usualSettings, view: 'full' } as const
    await groups.create(term, key, definition, 0n)
    const parked = [1n, 2n].map((place) => ({ place, retries: 0, reason: 'no' }))
    const progress = { checkpoint: 2n, ahead: [], retries: [] }
    await groups.save(term, key, { progress, parked, settled: [] })
  }
  let announced = 0
  const operate = operateGroups({
    groups,
    control: { announce: async () => void (announced += 1) },
    catalogue: {
      streamTold: (stream) => (stream.startsWith('email-') ? 'email-***' : stream),
    },
  })
  const replaying = () => Promise.all(keys.map(async (key) => (await groups.replaying(key)).length))
  return { operate, replaying, announced: () => announced }
}

test('parked messages of a group are requested for another delivery, and all processes hear of it', async () => {
  const { operate, replaying, announced } = await withParked('order-1', 'order-2')
  expect(await operate.consumerGroups()).toMatchObject([
    { source: 'order-1', name: 'mail', checkpoint: 2n, parked: 2, replaying: 0 },
    { source: 'order-2', name: 'mail', checkpoint: 2n, parked: 2, replaying: 0 },
  ])
  expect(await operate.replayParked({ source: 'order-2', name: 'mail' }, 1)).toBe(1)
  expect([await replaying(), announced()]).toEqual([[0, 1], 1])
  expect(await operate.replayParked({ source: 'order-2', name: 'mail' })).toBe(1)
  expect(await operate.replayParked({ source: 'order-2', name: 'mail' })).toBe(0)
  expect(await operate.replayParked({ source: 'order-3', name: 'mail' })).toBeUndefined()
  expect([await replaying(), announced()]).toEqual([[0, 2], 2])
})

test('streams of people are shown and named masked, as one; a name that was guessed finds no group', async () => {
  const { operate, replaying } = await withParked('email-ada', 'email-bob', 'order-1')
  expect(await operate.consumerGroups()).toMatchObject([
    { source: 'email-***', name: 'mail', checkpoint: 2n, parked: 4, replaying: 0 },
    { source: 'order-1', name: 'mail', checkpoint: 2n, parked: 2, replaying: 0 },
  ])
  expect(await operate.replayParked({ source: 'email-ada', name: 'mail' })).toBeUndefined()
  expect(await operate.replayParked({ source: 'email-***', name: 'mail' }, 3)).toBe(3)
  expect(await replaying()).toEqual([2, 1, 0])
})
