import { expect, test } from 'vitest'
import type { SagaRun, TracedEvent } from './order-queries.ts'
import { layoutOf, pauseWidth } from './timeline-layout.ts'
import { timelineOf } from './timeline.ts'

const at = (second: number): string => new Date(Date.UTC(2030, 0, 1, 0, 0, second)).toISOString()

const event = (
  position: number,
  stream: string,
  type: string,
  more: Partial<TracedEvent> = {},
): TracedEvent => ({
  eventId: `e${position}`,
  type,
  stream,
  revision: 0,
  position: String(position),
  at: at(position),
  actor: 'ann',
  commandId: `c${position}`,
  ...more,
})

const command = (id: string, type: string, to: string, wait = 0) => ({
  id,
  type,
  to,
  target: '1',
  wait,
})

const run = (more: Partial<SagaRun> = {}): SagaRun => ({
  saga: 'fulfilment',
  id: '1',
  state: 'running',
  startedAt: at(1),
  updatedAt: at(4),
  steps: 2,
  moves: [
    {
      eventId: 'm2',
      type: 'OrderSagaStarted',
      at: at(2),
      position: '2',
      correlationId: 'r',
      input: { kind: 'event', type: 'OrderPlaced', eventId: 'e1' },
      commands: [
        command('reserve', 'ReserveStock', 'inventory'),
        command('late', 'CancelOrder', 'order', 9_000),
      ],
      ended: false,
    },
    {
      eventId: 'm4',
      type: 'OrderSagaCompensated',
      at: at(4),
      position: '4',
      correlationId: 'r',
      input: { kind: 'refusal', type: 'ReserveStock', commandId: 'reserve', reason: 'OutOfStock' },
      commands: [command('reject', 'RejectOrder', 'order')],
      ended: false,
    },
  ],
  waits: [
    {
      kind: 'answer',
      type: 'RejectOrder',
      commandId: 'reject',
      to: 'order',
      target: '1',
      since: at(4),
      events: ['OrderRejected'],
    },
  ],
  ...more,
})

const placed = event(1, 'order-1', 'OrderPlaced')
const rejected = event(5, 'order-1', 'OrderRejected', { commandId: 'reject', causedBy: 'm4' })

test('a timeline has events, moves, commands, timers and refusals, each after what led to it', () => {
  const { points, awaited } = timelineOf({ runs: [run()], events: [placed, rejected] })
  expect(points.map(({ id, kind, lane, cause }) => [id, kind, lane, cause])).toEqual([
    ['e1', 'event', 'order', undefined],
    ['m2', 'move', 'saga', 'e1'],
    ['reserve', 'command', 'stock', 'm2'],
    ['refusal reserve', 'refusal', 'stock', 'reserve'],
    ['m4', 'compensation', 'saga', 'refusal reserve'],
    ['reject', 'command', 'order', 'm4'],
    ['e5', 'event', 'order', 'reject'],
    ['late', 'timer', 'order', 'm2'],
  ])
  expect(points.find(({ kind }) => kind === 'refusal')?.reason).toBe('OutOfStock')
  expect(awaited).toEqual([{ commandId: 'reject', lane: 'order' }])
})

test('a timer is shown when it is due, when it fired, or as not needed once its run has ended', () => {
  const timerIn = (one: SagaRun) => {
    const { points } = timelineOf({ runs: [one], events: [placed] })
    const timer = points.find(({ id }) => id === 'late')
    return [timer?.timer, timer?.at]
  }
  expect(timerIn(run())).toEqual(['set', Date.parse(at(11))])
  expect(timerIn(run({ state: 'ended' }))).toEqual(['idle', Date.parse(at(2))])
  const [started] = run().moves
  const fired = {
    ...started!,
    eventId: 'm12',
    at: at(12),
    position: '12',
    input: { kind: 'timer' as const, type: 'CancelOrder', commandId: 'late' },
    commands: [],
  }
  expect(timerIn(run({ moves: [started!, fired] }))).toEqual(['fired', Date.parse(at(12))])
})

test('events of a saga are its moves, and are shown once', () => {
  const own = event(2, 'fulfilment-1', 'OrderSagaStarted', { eventId: 'm2' })
  const { points } = timelineOf({ runs: [run()], events: [placed, own] })
  expect(points.filter(({ id }) => id === 'm2')).toHaveLength(1)
})

test('a layout keeps the order of time, and shows long pauses without hiding the rest', () => {
  const { points, lines, lanes, width } = layoutOf(
    timelineOf({ runs: [run()], events: [placed, rejected] }),
  )
  expect(lanes.map(({ lane }) => lane)).toEqual(['order', 'saga', 'stock'])
  const x = new Map(points.map((point) => [point.id, point.x]))
  const caused = points.filter(({ cause }) => cause !== undefined)
  expect(caused).toHaveLength(7)
  for (const { id, cause = '' } of caused) expect(x.get(id)).toBeGreaterThan(x.get(cause) ?? 0)
  expect(lines.some(({ isAwaited }) => isAwaited)).toBe(true)
  expect(pauseWidth(86_400_000)).toBeLessThan(150)
  expect(pauseWidth(86_400_000)).toBeGreaterThan(pauseWidth(1_000))
  expect(width).toBeLessThan(2_000)
})
