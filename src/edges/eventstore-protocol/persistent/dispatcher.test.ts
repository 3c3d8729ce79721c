import { expect, test } from 'vitest'
import { usualSettings } from '../../../platform/messaging/consumer-groups/testing/usual-settings.ts'
import type {
  GroupProgress,
  GroupSettings,
} from '../../../platform/messaging/consumer-groups/port.ts'
import { dispatcher } from './dispatcher.ts'

const fromStart: GroupProgress = { checkpoint: 0n, ahead: [], retries: [] }

const message = (place: bigint, key = 'order-1') => ({
  place,
  id: `id-${place}`,
  key,
  event: place,
})

const groupOf = (
  settings: Partial<GroupSettings>,
  offered: number,
  progress: GroupProgress = fromStart,
) => {
  const group = dispatcher<bigint>({ ...usualSettings, ...settings }, progress)
  for (let n = 1; n <= offered; n += 1) group.offer(message(BigInt(n)))
  const sent = (now = 0) =>
    group
      .dispatch(now)
      .map(({ consumer, message: { place }, retries }) => [consumer, place, retries])
  return { ...group, sent }
}

test('RoundRobin gives consumers a message in turn, as they have room', () => {
  const { join, sent, ack } = groupOf({ strategy: 'RoundRobin' }, 6)
  join('a', 2)
  join('b', 1)
  expect(sent()).toEqual([
    ['a', 1n, 0],
    ['b', 2n, 0],
    ['a', 3n, 0],
  ])
  ack('b', ['id-2'])
  expect(sent()).toEqual([['b', 4n, 0]])
})

test('DispatchToSingle fills the first consumer before the next', () => {
  const { join, sent, leave } = groupOf({ strategy: 'DispatchToSingle' }, 3)
  join('a', 2)
  join('b', 5)
  expect(sent()).toEqual([
    ['a', 1n, 0],
    ['a', 2n, 0],
    ['b', 3n, 0],
  ])
  leave('a')
  expect(sent()).toEqual([
    ['b', 1n, 1],
    ['b', 2n, 1],
  ])
})

test('Pinned divides streams among consumers, and moves few when one joins', () => {
  const group = dispatcher<bigint>({ ...usualSettings, strategy: 'Pinned' }, fromStart)
  const streams = Array.from({ length: 300 }, (_, nth) => message(BigInt(nth + 1), `order-${nth}`))
  group.join('a', 1_000)
  group.join('b', 1_000)
  streams.forEach(group.offer)
  const before = group.dispatch(0)
  const shares = Map.groupBy(before, ({ consumer }) => consumer)
  expect(shares.get('a')?.length).toBeGreaterThan(90)
  expect(shares.get('b')?.length).toBeGreaterThan(90)
  for (const { consumer, message: one } of before) group.ack(consumer, [one.id])
  group.join('c', 1_000)
  streams.forEach(({ key }, nth) => group.offer(message(BigInt(1_000 + nth), key)))
  const moved = group
    .dispatch(0)
    .filter(({ consumer }, nth) => consumer !== before[nth]?.consumer && consumer !== 'c')
  expect(moved).toEqual([])
})

test('a consumer that lets a message time out loses it to another, and gets no more until it answers', () => {
  const { join, sent, expire, nextDeadline, ack, offer } = groupOf({ messageTimeoutMs: 100 }, 1)
  join('hung', 5)
  expect(sent(7)).toEqual([['hung', 1n, 0]])
  join('busy', 2)
  expect(nextDeadline()).toBe(107)
  expire(106)
  expect(sent(106)).toEqual([])
  expire(107)
  expect(sent(107)).toEqual([['busy', 1n, 1]])
  // Late, and of a message that is another's by now.
  ack('hung', ['id-1'])
  offer(message(2n))
  expect(sent(107)).toEqual([['hung', 2n, 0]])
  ack('busy', ['id-1'])
  ack('hung', ['id-2'])
  expect(nextDeadline()).toBeUndefined()
})

test('a message is parked after its retries, and replayed on request', () => {
  const { join, sent, nack, changes, replay, ack } = groupOf({ maxRetryCount: 2 }, 2)
  join('a', 1)
  for (const retries of [0, 1, 2]) {
    expect(sent()).toEqual([['a', 1n, retries]])
    nack('a', ['id-1'], 'retry')
  }
  expect(sent()).toEqual([['a', 2n, 0]])
  expect(changes()).toEqual({
    progress: { checkpoint: 1n, ahead: [], retries: [] },
    parked: [{ place: 1n, retries: 2, reason: 'Handed back by its consumers' }],
    settled: [],
  })
  ack('a', ['id-2'])
  replay(message(1n))
  expect(sent()).toEqual([['a', 1n, 0]])
  nack('a', ['id-1'], 'park')
  expect(changes()).toMatchObject({
    parked: [{ place: 1n, reason: 'Parked by its consumer' }],
    settled: [],
  })
  replay(message(1n))
  sent()
  ack('a', ['id-1'])
  expect(changes()).toMatchObject({ parked: [], settled: [1n] })
})

test('what is done after the checkpoint is not delivered again by the next leader, and retries are kept', () => {
  const { join, sent, ack, nack, changes } = groupOf({}, 4)
  join('a', 10)
  sent()
  ack('a', ['id-1', 'id-3'])
  nack('a', ['id-2'], 'retry')
  const { progress } = changes()
  expect(progress).toEqual({ checkpoint: 1n, ahead: [3n], retries: [[2n, 1]] })
  const next = dispatcher<bigint>(usualSettings, progress)
  next.join('b', 10)
  for (const place of [2n, 3n, 4n]) next.offer(message(place))
  expect(next.dispatch(0).map(({ message: { place }, retries }) => [place, retries])).toEqual([
    [2n, 1],
    [4n, 0],
  ])
})

test('a checkpoint is due by time and count, or at once by the greatest count or a parked message', () => {
  const { join, sent, ack, nack, isDue, changes, unsaved } = groupOf(
    { checkpointAfterMs: 50, minCheckpointCount: 2, maxCheckpointCount: 3 },
    9,
  )
  join('a', 10)
  sent()
  expect(isDue(1_000)).toBe(false)
  ack('a', ['id-1'])
  expect(isDue(1_000)).toBe(false)
  ack('a', ['id-2'])
  expect([isDue(49), isDue(50)]).toEqual([false, true])
  ack('a', ['id-3'])
  expect(isDue(0)).toBe(true)
  changes()
  expect(isDue(1_000)).toBe(false)
  nack('a', ['id-4'], 'park')
  expect(isDue(0)).toBe(true)
  const failed = changes()
  expect(isDue(0)).toBe(false)
  unsaved(failed)
  expect(isDue(0)).toBe(true)
  expect(changes().parked).toEqual(failed.parked)
})

test('the checkpoint moves with the log where nothing passes the filter', () => {
  const { reached, join, sent, ack, changes } = groupOf({}, 1)
  reached(50n, false)
  reached(90n, true)
  expect(changes().progress.checkpoint).toBe(0n)
  join('a', 1)
  sent()
  ack('a', ['id-1'])
  expect(changes().progress).toEqual({ checkpoint: 90n, ahead: [], retries: [] })
})

test('what times out is reported with its consumer; one that is held gets nothing', () => {
  const { join, sent, expire, hold } = groupOf({ messageTimeoutMs: 10 }, 3)
  join('a', 2)
  expect(sent(0)).toHaveLength(2)
  expect(expire(9)).toEqual([])
  expect(expire(10)).toEqual([
    { consumer: 'a', id: 'id-1' },
    { consumer: 'a', id: 'id-2' },
  ])
  hold('a', true)
  expect(sent(10)).toEqual([])
  hold('a', false)
  expect(sent(10)).toEqual([
    ['a', 1n, 1],
    ['a', 2n, 1],
  ])
})
