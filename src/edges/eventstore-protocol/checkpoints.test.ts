import streams from '@eventstore/db-client/generated/streams_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { recorded } from '#kernel/testing'
import { checkpoints } from './checkpoints.ts'

/** Positions of events as numbers, those of checkpoints as text. */
const positions = (messages: Iterable<RecordedEvent | Buffer>) =>
  Array.from(messages, (message) =>
    Buffer.isBuffer(message)
      ? (streams.ReadResp.deserializeBinary(message).getCheckpoint()?.getCommitPosition() ?? '')
      : Number(message.position),
  )
const eventAt = (position: bigint) =>
  recorded('order-1', { type: 'OrderPlaced', data: {} }, { position })
const slice = (position: number, ...events: number[]) => ({
  events: events.map((at) => eventAt(BigInt(at))),
  position: BigInt(position),
  caughtUp: false,
})

test('checkpoints are sent between the events, one for every interval of considered events', () => {
  const withCheckpoints = checkpoints(10, 0n, true)
  expect(positions(withCheckpoints(slice(25, 3, 10, 11), false))).toEqual([3, 10, '10', 11, '20'])
  expect(positions(withCheckpoints(slice(29), false))).toEqual([])
  expect(positions(withCheckpoints(slice(35, 31), true))).toEqual(['30', 31, '35'])
  expect(positions(withCheckpoints(slice(39, 39), false))).toEqual([39])
  expect(positions(withCheckpoints(slice(40), false))).toEqual(['40'])
})

test('a subscription that begins at the head gets no checkpoint before an interval has passed', () => {
  const withCheckpoints = checkpoints(10, 100n, true)
  expect(positions(withCheckpoints(slice(100), true))).toEqual([])
  expect(positions(withCheckpoints(slice(109, 101), false))).toEqual([101])
  expect(positions(withCheckpoints(slice(110), false))).toEqual(['110'])
})

test('with sparse positions, only the events of the log are counted', () => {
  const withCheckpoints = checkpoints(2, 1_000n, false)
  expect(positions(withCheckpoints(slice(5_000, 2_000, 3_000, 4_000), false))).toEqual([
    2_000,
    3_000,
    '3000',
    4_000,
  ])
  expect(positions(withCheckpoints(slice(9_000), false))).toEqual(['9000'])
  expect(positions(withCheckpoints(slice(9_000), true))).toEqual([])
})

test('a reader that resumes at any checkpoint misses no event and receives none twice', () =>
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 40 }),
      (matching, lengths, interval) => {
        const expected = matching.toSorted((a, b) => a - b)
        const withCheckpoints = checkpoints(interval, 0n, true)
        const seen: (number | string)[] = []
        let from = 0
        for (const length of lengths) {
          const to = from + length
          const events = expected.filter((at) => at > from && at <= to)
          seen.push(...positions(withCheckpoints(slice(to, ...events), false)))
          from = to
        }
        expect(seen.filter((at) => typeof at === 'string')).toHaveLength(
          Math.floor(from / interval),
        )
        seen.forEach((at, index) => {
          if (typeof at !== 'string') return
          const before = seen.slice(0, index).filter((one) => typeof one === 'number')
          expect(before).toEqual(expected.filter((one) => one <= Number(at)))
        })
      },
    ),
  ))
