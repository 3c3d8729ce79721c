import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, Fields, Nothing, type AnyDecider, type RecordedEvent } from '#kernel'
import { someMetadata } from '#kernel/testing'
import { freshDatabase } from '../../test/support/postgres.ts'
import { order } from '../domains/ordering/order.ts'
import { session } from '../domains/identity/session.ts'
import { postgresArchives } from '../platform/storage/archives/postgres.ts'
import { memoryBlobs } from '../platform/storage/blobs/memory.ts'
import { postgresEventLog } from '../platform/storage/event-log/postgres.ts'
import { archiveClosed } from './archive-closed.ts'
import { openFeed } from './feed.ts'

const ticket = decider({
  name: 'ticket',
  id: Type.String(),
  commands: {},
  events: { Opened: Fields({ n: Type.Integer() }), Shut: Nothing },
  refusals: {},
}).rules({
  initialState: { isShut: false },
  closed: { when: ({ isShut }) => isShut, afterDays: 30 },
  decide: {},
  evolve: { Opened: (state) => state, Shut: () => ({ isShut: true }) },
})
const note = { ...ticket, name: 'note' }
const { closed: _, ...unruled } = { ...ticket, name: 'memo' }

test('only streams that are closed for long enough are archived, and no others than those of categories with a rule', async () => {
  await using fresh = await freshDatabase()
  const archives = postgresArchives(fresh.database, memoryBlobs())
  const log = await postgresEventLog(fresh.database, { archives })
  const append = (stream: string, at: string, ...types: readonly string[]) =>
    log.append(
      stream,
      'any',
      types.map((type) => ({
        eventId: crypto.randomUUID(),
        type,
        data: type === 'Opened' ? { n: 1 } : {},
        metadata: someMetadata,
        at: `2030-0${at}T00:00:00.000Z`,
      })),
    )
  await append('ticket-old', '1-01', 'Opened', 'Shut')
  await append('ticket-open', '1-01', 'Opened')
  await append('ticket-recent', '3-20', 'Opened', 'Shut')
  await append('note-old', '1-01', 'Shut')
  await append('memo-old', '1-01', 'Shut')
  await append('ticket-newer', '1-01', 'Shut', 'Reopened')
  const deps = { deciders: [ticket, note, unruled], log, archives }
  const now = '2030-04-01T00:00:00.000Z'
  const expected = [
    { category: 'ticket', streams: 1, events: 2 },
    { category: 'note', streams: 1, events: 1 },
  ]
  expect(await archiveClosed(deps, { now, isDryRun: true })).toEqual(expected)
  expect(await archives.list()).toEqual([])
  expect(await archiveClosed(deps, { now, categories: ['note'] })).toEqual([expected[1]])
  expect(await archiveClosed(deps, { now })).toEqual([
    expected[0],
    { category: 'note', streams: 0, events: 0 },
  ])
  expect((await archives.list()).map(({ streams, first, last }) => [streams, first, last])).toEqual(
    [
      [1, 6n, 6n],
      [1, 1n, 2n],
    ],
  )

  // A follower from the start gets archived events in their place, one that skips them does not.
  const feed = await openFeed(log)
  const read = async (archived?: false): Promise<readonly RecordedEvent[]> => {
    const { signal } = new AbortController()
    const reads = { types: ['Opened', 'Shut'], ...(archived === false && { archived }) }
    return (await feed.next(0n, { signal, ...reads })).events
  }
  expect((await read()).map(({ position }) => position)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n])
  expect((await read(false)).map(({ position }) => position)).toEqual([3n, 4n, 5n, 7n, 8n])
  await feed.close()
  await log.close()
})

type Happened = { readonly type: string; readonly data?: object }

/** Whether a stream with these events is closed. */
const isClosed = ({ evolve, initialState, closed }: AnyDecider, events: readonly Happened[]) =>
  closed?.when(
    events.reduce(
      (state, { type, data = {} }) => evolve(state as never, { type, data } as never),
      initialState,
    ) as never,
  )

const EUR = (amount: number) => ({ amount, currency: 'EUR' })
const placed = { type: 'OrderPlaced', data: { userId: 'u', items: [], total: EUR(2) } }
const refunded = (status: string) => ({
  type: 'OrderRefunded',
  data: { refundId: 'r', lines: [], restock: [], amount: EUR(1), status },
})
const received = (status: string) => ({
  type: 'OrderReturnReceived',
  data: { returnId: 'r', lines: [], restock: [], status },
})

test.each<[expected: boolean, after: readonly Happened[]]>([
  [false, []],
  [false, [placed]],
  [false, [placed, { type: 'OrderStockConfirmed' }]],
  [false, [placed, { type: 'OrderPaid' }]],
  [false, [placed, { type: 'OrderConfirmed' }]],
  [false, [placed, { type: 'OrderShipped' }]],
  [false, [placed, { type: 'OrderShipped' }, refunded('PARTLY_REFUNDED')]],
  [false, [placed, { type: 'OrderDelivered' }]],
  [false, [placed, { type: 'OrderDelivered' }, received('PARTLY_REFUNDED')]],
  [true, [placed, { type: 'OrderCompleted' }]],
  [true, [placed, { type: 'OrderCompleted' }, refunded('PARTLY_REFUNDED')]],
  [true, [placed, { type: 'OrderCancelled' }]],
  [true, [placed, { type: 'OrderRejected' }]],
  [true, [placed, { type: 'OrderConfirmed' }, refunded('REFUNDED')]],
  [true, [placed, { type: 'OrderDelivered' }, received('RETURNED')]],
])('an order is closed: %s, after %j', (expected, after) => {
  expect(isClosed(order, after)).toBe(expected)
})

const opened = { type: 'UserLoggedIn', data: { userId: 'u', refreshHash: 'h', expiresAt: '' } }

test.each<[expected: boolean, after: readonly Happened[]]>([
  [false, []],
  [false, [opened]],
  [false, [opened, { type: 'RefreshTokenRotated' }, { type: 'RefreshTokenReuseDetected' }]],
  [true, [opened, { type: 'UserLoggedOut' }]],
  [true, [opened, { type: 'SessionRevoked' }]],
  [true, [opened, { type: 'SessionExpired' }]],
  [true, [opened, { type: 'SessionForgotten' }]],
])('a session is closed: %s, after %j', (expected, after) => {
  expect(isClosed(session, after)).toBe(expected)
})
