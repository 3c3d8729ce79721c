import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { MaskedEvent } from '../edges/cli/answers.ts'
import { complaintOf, plots, type Story } from './plot.ts'
import * as telling from './telling.ts'

const zero = Date.parse('2030-01-01T12:00:00.000Z')
const [good] = plots

const event = (at: number, stream: string, type: string, data: unknown = {}): MaskedEvent => ({
  eventId: `${at}`,
  stream,
  type,
  revision: 0,
  position: `${at}`,
  at: new Date(zero + at).toISOString(),
  data,
  metadata: {},
})

/** Lines of a story without colours. */
const tell = (story: Story): readonly string[] =>
  telling.tell(story, 1).map(stripVTControlCharacters)

/** A story with the expected outcome, and the given changes. */
const storyOf = (changes: Partial<Story> = {}): Story => ({
  plot: good!,
  ware: { id: 'lamp', name: 'Lamp', price: 1_999 },
  sentAt: zero,
  answeredAt: zero + 5,
  answer: 'PENDING',
  events: [
    event(2, 'order-a', 'OrderPlaced'),
    event(4, 'fulfilment-a', 'OrderSagaStarted', {
      input: { kind: 'event', type: 'OrderPlaced' },
      steps: [
        { type: 'ReserveStock', to: 'inventory', wait: 0 },
        { type: 'CancelOrder', to: 'order', wait: 900_000 },
      ],
    }),
    event(70, 'notification-n', 'NotificationSent'),
  ],
  received: [
    { at: zero + 8, orderId: 'a', what: 'order:status', text: 'CONFIRMED' },
    { at: zero + 9, orderId: 'a', what: 'order:saga-step', text: 'OrderSagaStarted' },
    { at: zero + 12, orderId: 'a', what: 'payment:status', text: 'COMPLETED' },
  ],
  order: { id: 'a', status: 'CONFIRMED', payment: { status: 'COMPLETED' } },
  notified: [
    { orderId: 'a', channel: 'email', subject: 'Confirmed', status: 'SENT' },
    { orderId: 'a', channel: 'in_app', subject: 'Confirmed', status: 'SENT' },
  ],
  before: { quantity: 5, reserved: 0 },
  after: { quantity: 3, reserved: 0 },
  ...changes,
})

describe('a story', () => {
  test('is printed as a timeline, in ms since the order was sent', () =>
    expect(tell(storyOf())).toEqual([
      '1. A good order: 2 × Lamp, card tok_ok',
      '     0 ms  client      POST /orders → 202 PENDING, after 5 ms',
      '     2 ms  order       OrderPlaced',
      '     4 ms  fulfilment  OrderSagaStarted: OrderPlaced → ReserveStock, CancelOrder in 15 min',
      '    12 ms  sockets     CONFIRMED 8 ms · payment COMPLETED 12 ms · 1 saga steps',
      '    70 ms  notified    “Confirmed” · email SENT · in_app SENT',
      '        ✓  CONFIRMED · payment COMPLETED · Lamp: 5 → 3 pieces, 0 reserved',
    ]))

  test('has the times of the local clock, also when the clock of the server differs by an hour', () => {
    const hour = 3_600_000
    for (const off of [-hour, hour]) {
      const events = storyOf().events.map((one) => ({
        ...one,
        at: new Date(Date.parse(one.at) + off).toISOString(),
      }))
      const [, , placed, started] = tell(storyOf({ events }))
      expect([placed, started].map((line) => Number(line?.trim().split(' ', 1)[0]))).toEqual(
        off < 0 ? [0, 2] : [5, 7],
      )
    }
  })

  test('describes an unexpected outcome in its last line', () => {
    const notified = tell(storyOf({ after: { quantity: 3, reserved: 2 } })).at(-1)
    expect(notified).toMatch(/^ +✗ .*but there should be 3 pieces, 0 of them reserved$/)
  })
})

describe('an outcome is as expected', () => {
  test('only with the right status, payment, stock and notifications', () => {
    const { order, notified } = storyOf()
    const { payment: _, ...unpaid } = order
    expect(complaintOf(storyOf())).toBeUndefined()
    expect(complaintOf(storyOf({ order: { ...order, status: 'PAID' } }))).toBe(
      'it should be CONFIRMED',
    )
    expect(complaintOf(storyOf({ order: { ...order, reason: 'oops' } }))).toContain('the reason')
    expect(complaintOf(storyOf({ order: unpaid }))).toBe('the payment should be COMPLETED')
    expect(complaintOf(storyOf({ notified: notified.slice(1) }))).toContain('by e-mail')
    const pending = notified.map((each) => ({ ...each, status: 'PENDING' }))
    expect(complaintOf(storyOf({ notified: pending }))).toContain('by e-mail')
    expect(complaintOf(storyOf({ after: { quantity: 5, reserved: 0 } }))).toContain('3 pieces')
  })
})

test('prices are printed in major units', () => expect(telling.priced(1_999)).toBe('19.99 EUR'))
