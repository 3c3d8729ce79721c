import { expect, onTestFinished, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { usualSettings } from '../../../platform/messaging/consumer-groups/testing/usual-settings.ts'
import type { GroupSettings } from '../../../platform/messaging/consumer-groups/port.ts'
import { memoryEventLog } from '../../../platform/storage/event-log/memory.ts'
import { append } from '../testing/served.ts'
import type { Delivery } from './dispatcher.ts'
import { groupRun } from './group-run.ts'
import { groupSource } from './group-source.ts'

const types = (count: number): string[] => Array.from({ length: count }, () => 'OrderPlaced')

/** Runs a group of the whole log; events are appended before. @param save default: succeeds at once */
const runOf = async (
  changed: Partial<GroupSettings>,
  events: number,
  save: () => Promise<void> = () => Promise.resolve(),
) => {
  const log = memoryEventLog()
  if (events > 0) await append(log, 'order-1', ...types(events))
  const settings = { ...usualSettings, ...changed }
  const key = { source: '$all', name: 'mail' }
  const errors: unknown[] = []
  const run = groupRun(
    {
      ...key,
      startFrom: 'start',
      settings,
      view: 'full',
      progress: { checkpoint: 0n, ahead: [], retries: [] },
      parked: 0,
    },
    {
      source: groupSource(log, { ...key, settings }),
      replaying: [],
      save,
      isHeld: () => true,
      onStale: () => undefined,
      onError: (error) => errors.push(error),
      now: () => performance.now(),
    },
  )
  onTestFinished(() => run.close())
  const join = (id: string, slots: number) => {
    const got: Delivery<RecordedEvent>[] = []
    run.join({
      id,
      slots,
      from: 'here',
      user: 'admin',
      connection: '',
      send: (deliveries) => got.push(...deliveries),
      end: () => undefined,
    })
    return got
  }
  return { run, join, log, errors }
}

const revisions = (deliveries: readonly Delivery<RecordedEvent>[]): number[] =>
  deliveries.map(({ message }) => message.event.revision)

test.each([
  { historyBufferSize: 3, before: 24 },
  { liveBufferSize: 3, before: 0 },
])(
  'a group goes on where its buffers are smaller than what is read at a time: %o',
  async ({ before, ...buffers }) => {
    const { join, log } = await runOf(buffers, before)
    const got = join('a', 100)
    if (before === 0) await append(log, 'order-1', ...types(24))
    await expect.poll(() => revisions(got)).toEqual(Array.from({ length: 24 }, (_, nth) => nth))
  },
)

test('a consumer that takes nothing gets no more than twice its buffer, and goes on when it does', async () => {
  const { run, join, errors } = await runOf({ messageTimeoutMs: 1, maxRetryCount: 1 }, 50)
  const got = join('a', 2)
  // Both are out of time, wait for their consumer again, and are not parked.
  await expect.poll(() => run.report()).toMatchObject({ inFlight: 0, toRetry: 2 })
  expect(got.length).toBe(2)
  run.written('a', 2)
  await expect.poll(() => got.length).toBe(4)
  await expect.poll(() => run.report().inFlight).toBe(0)
  expect(got.length).toBe(4)
  expect(errors).toEqual([])
})

test('what a consumer does not take is given to another', async () => {
  const { run, join } = await runOf({ messageTimeoutMs: 20, maxRetryCount: 1_000 }, 6)
  join('a', 2)
  const got = join('b', 10)
  await expect
    .poll(() => {
      const ids = got.splice(0).map(({ message }) => message.id)
      run.written('b', ids.length)
      run.ack('b', ids)
      return run.report().done
    })
    .toBe(6)
})

test('a message that timed out has no response time, however late its answer comes', async () => {
  const settings = { extraStatistics: true, messageTimeoutMs: 1, maxRetryCount: 0 }
  const { run, join } = await runOf(settings, 1)
  const got = join('a', 2)
  await expect.poll(() => run.report()).toMatchObject({ done: 1, inFlight: 0 })
  run.ack(
    'a',
    got.map(({ message }) => message.id),
  )
  expect(run.report().consumers[0]?.responseTimes).toEqual([])
})

test('a replayed message that is done while the store is read is not delivered once more', async () => {
  const { run, join, log, errors } = await runOf({}, 1)
  const got = join('a', 10)
  await expect.poll(() => got.length).toBe(1)
  const { id, place } = got[0]!.message
  run.ack('a', [id])
  const parked = { place, retries: 0, reason: 'no' }
  await run.replay(async () => [parked])
  await expect.poll(() => got.length).toBe(2)
  const reading = Promise.withResolvers<void>()
  const again = run.replay(async () => {
    await reading.promise
    return [parked]
  })
  await new Promise((resolve) => setImmediate(resolve))
  run.ack('a', [id])
  await new Promise((resolve) => setImmediate(resolve))
  reading.resolve()
  await again
  await append(log, 'order-1', 'OrderPaid')
  await expect.poll(() => revisions(got)).toContain(1)
  expect([revisions(got), errors]).toEqual([[0, 0, 1], []])
})

test.each([0, 1, 2, 3, 4, 5, 6, 7])(
  'nothing is saved while the store is read for a replay, whatever is done %i steps after the save before it',
  async (steps) => {
    const first = Promise.withResolvers<void>()
    const uses: string[] = []
    const save = async () => {
      uses.push('save')
      await (uses.length === 1 ? first.promise : new Promise((resolve) => setImmediate(resolve)))
      uses.push('saved')
    }
    const { run, join } = await runOf({ minCheckpointCount: 1, maxCheckpointCount: 1 }, 2, save)
    const got = join('a', 10)
    await expect.poll(() => got.length).toBe(2)
    const [one, other] = got.map(({ message }) => message.id)
    run.ack('a', [one!])
    const replayed = run.replay(async () => {
      uses.push('read')
      await new Promise((resolve) => setImmediate(resolve))
      uses.push('has read')
      return []
    })
    first.resolve()
    for (let step = 0; step < steps; step += 1) await Promise.resolve()
    run.ack('a', [other!])
    await replayed
    await expect.poll(() => uses.length).toBe(6)
    const [save1, save2, read] = [0, 2, 4].map((nth) => uses.slice(nth, nth + 2).join(', '))
    expect([save1, save2, read].toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
      'read, has read',
      'save, saved',
      'save, saved',
    ])
  },
)
