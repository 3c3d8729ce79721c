import { expect, onTestFinished, test } from 'vitest'
import type { RecordedEvent } from '#kernel'
import { usualSettings } from '../../../platform/messaging/consumer-groups/testing/usual-settings.ts'
import { memoryConsumerGroups } from '../../../platform/messaging/consumer-groups/memory.ts'
import type {
  ConsumerGroups,
  GroupChanges,
  GroupKey,
} from '../../../platform/messaging/consumer-groups/port.ts'
import { memoryEventLog } from '../../../platform/storage/event-log/memory.ts'
import type { CallRefused } from '../call-refused.ts'
import { append } from '../testing/served.ts'
import type { Delivery } from './dispatcher.ts'
import { persistentGroups } from './groups.ts'

const key: GroupKey = { source: 'order-1', name: 'mail' }
const admin = { seesAll: true, mayAppend: true }

/** Groups that this process leads, over a store that a test may hold up. */
const ledGroups = async () => {
  const memory = memoryConsumerGroups()
  let isHeld = true
  let before: (() => Promise<void>) | undefined
  let beforeSave: ((changes: GroupChanges) => Promise<void>) | undefined
  const store: ConsumerGroups = {
    ...memory,
    find: async (found) => {
      const group = await memory.find(found)
      await before?.()
      return group
    },
    save: async (term, saved, changes) => {
      await beforeSave?.(changes)
      return memory.save(term, saved, changes)
    },
  }
  const log = memoryEventLog()
  const groups = persistentGroups({
    store,
    log,
    masked: (event) => event,
    onError: () => undefined,
    now: () => performance.now(),
  })
  const stop = new AbortController()
  const leading = groups.lead(
    { signal: stop.signal, isHeld: () => isHeld },
    { host: '127.0.0.1', port: 1 },
  )
  onTestFinished(async () => {
    stop.abort()
    await leading
  })
  await expect.poll(() => memory.leader()).toBeDefined()
  await expect
    .poll(() =>
      groups.create(admin, key, { startFrom: 'start', settings: usualSettings }).then(
        () => 'created',
        (error: unknown) => (error instanceof Error ? error.message : ''),
      ),
    )
    .toBe('created')
  const join = async (id: string) => {
    const got: Delivery<RecordedEvent>[] = []
    const ends: CallRefused[] = []
    const joined = await groups.join(admin, key, {
      id,
      slots: 10,
      from: 'here',
      user: 'admin',
      connection: '',
      send: (deliveries) => got.push(...deliveries),
      end: (refusal) => ends.push(refusal),
    })
    return { got, ends, joined }
  }
  return {
    groups,
    store: memory,
    log,
    join,
    lapse: () => (isHeld = false),
    whenFound: (work?: () => Promise<void>) => (before = work),
    whenSaving: (work?: () => Promise<void>) => (beforeSave = work),
  }
}

test('consumers of a group are disconnected when the lease lapses while another one joins', async () => {
  const { join, lapse, whenFound } = await ledGroups()
  const { ends } = await join('first')
  whenFound(async () => void lapse())
  await expect(join('second')).rejects.toThrow(/No process leads/)
  expect(ends.map(({ message }) => message)).toEqual([expect.stringMatching(/No process leads/)])
})

test('a restart waits for what is under way with a group', async () => {
  const { groups, log, join, whenFound } = await ledGroups()
  const first = await join('first')
  const reading = Promise.withResolvers<void>()
  const isRead = Promise.withResolvers<void>()
  whenFound(() => {
    isRead.resolve()
    return reading.promise
  })
  const joining = join('second')
  await isRead.promise
  whenFound()
  const restarting = groups.restart(admin)
  reading.resolve()
  const second = await joining
  await restarting
  // Both had joined the run that the restart ends.
  expect([first.ends.length, second.ends.length]).toEqual([1, 1])
  await append(log, 'order-1', 'OrderPlaced')
  const third = await join('third')
  await expect.poll(() => third.got.length).toBe(1)
})

test('a restart saves what was done before the next consumer joins', async () => {
  const { groups, log, join, whenSaving } = await ledGroups()
  await append(log, 'order-1', 'OrderPlaced', 'OrderPaid')
  const first = await join('first')
  await expect.poll(() => first.got.length).toBe(2)
  first.joined.ack(
    'first',
    first.got.map(({ message }) => message.id),
  )
  const storing = Promise.withResolvers<void>()
  const isStoring = Promise.withResolvers<void>()
  whenSaving(() => {
    isStoring.resolve()
    return storing.promise
  })
  const restarting = groups.restart(admin)
  await isStoring.promise
  const joining = join('second')
  await append(log, 'order-1', 'OrderShipped')
  storing.resolve()
  await restarting
  const second = await joining
  await expect.poll(() => second.got.map(({ message }) => message.event.revision)).toContain(2)
  expect(second.got.map(({ message }) => message.event.revision)).toEqual([2])
})

const idsOf = (got: readonly Delivery<RecordedEvent>[]) => got.map(({ message }) => message.id)

test('groups are measured while this process leads, and what is counted stays when a run ends', async () => {
  const { groups, log, join, lapse } = await ledGroups()
  await append(log, 'order-1', 'OrderPlaced', 'OrderPaid', 'OrderShipped', 'OrderClosed')
  const idle = { ...key, consumers: 0, inFlight: 0, waiting: 0, toRetry: 0, parked: 0 }
  expect(await groups.figures()).toEqual([{ ...idle, lag: 4, delivered: 0, done: 0, retried: 0 }])
  const { got, joined } = await join('first')
  await expect.poll(() => got.length).toBe(4)
  const [placed = '', paid = '', shipped = ''] = idsOf(got)
  joined.ack('first', [placed])
  joined.nack('first', [paid], 'retry')
  joined.nack('first', [shipped], 'park')
  await expect.poll(() => got.length).toBe(5)
  await expect
    .poll(() => groups.figures())
    .toEqual([
      {
        ...idle,
        lag: 3,
        consumers: 1,
        inFlight: 2,
        parked: 1,
        delivered: 5,
        done: 2,
        retried: 1,
      },
    ])
  await joined.leave()
  const [left] = await groups.figures()
  expect(left).toEqual({ ...idle, parked: 1, lag: 3, delivered: 5, done: 2, retried: 3 })
  lapse()
  expect(await groups.figures()).toEqual([])
})

test('what is counted does not decrease while a run ends', async () => {
  const { groups, log, join, whenSaving } = await ledGroups()
  await append(log, 'order-1', 'OrderPlaced')
  const { got, joined } = await join('first')
  await expect.poll(() => got.length).toBe(1)
  const saving = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  whenSaving(() => {
    begun.resolve()
    return saving.promise
  })
  joined.ack('first', idsOf(got))
  const left = joined.leave()
  await begun.promise
  const counted = { delivered: 1, done: 1, retried: 0, consumers: 0 }
  expect(await groups.figures()).toMatchObject([counted])
  saving.resolve()
  await left
  expect(await groups.figures()).toMatchObject([counted])
})

test('a replay that another process has requested is delivered once, also when it is looked for while it is saved', async () => {
  const { groups, store, log, join, whenSaving } = await ledGroups()
  await append(log, 'order-1', 'OrderPlaced', 'OrderPaid')
  const { got, joined } = await join('first')
  await expect.poll(() => got.length).toBe(2)
  joined.nack('first', idsOf(got), 'park')
  const parked = async () => (await store.find(key))?.parked
  await expect.poll(parked).toBe(2)
  got.length = 0

  expect(await store.requestReplay(key, 1)).toBe(1)
  await groups.checkReplays()
  await groups.checkReplays()
  await expect.poll(() => got.length).toBe(1)
  const saving = Promise.withResolvers<void>()
  whenSaving(() => saving.promise)
  joined.ack('first', idsOf(got))
  expect(await store.requestReplay(key)).toBe(1)
  const checking = groups.checkReplays()
  saving.resolve()
  await checking
  await expect.poll(() => got.length).toBe(2)
  joined.ack('first', idsOf(got))
  await expect.poll(() => store.replaying(key)).toEqual([])
  expect(got.map(({ message }) => message.event.revision)).toEqual([0, 1])
})
