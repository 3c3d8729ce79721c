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

/** Without colours, wherever the tests run. */
const tell = (story: Story): readonly string[] =>
  telling.tell(story, 1).map(stripVTControlCharacters)

/** An order that went well, but for what is changed. */
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
  heard: [
    { at: zero + 8, orderId: 'a', what: 'order:status', text: 'CONFIRMED' },
    { at: zero + 9, orderId: 'a', what: 'order:saga-step', text: 'OrderSagaStarted' },
    { at: zero + 12, orderId: 'a', what: 'payment:status', text: 'COMPLETED' },
  ],
  order: { id: 'a', status: 'CONFIRMED', payment: { status: 'COMPLETED' } },
  told: [
    { orderId: 'a', channel: 'email', subject: 'Confirmed', status: 'SENT' },
    { orderId: 'a', channel: 'in_app', subject: 'Confirmed', status: 'SENT' },
  ],
  before: { quantity: 5, reserved: 0 },
  after: { quantity: 3, reserved: 0 },
  ...changes,
})

describe('a story', () => {
  test('is told as a timeline, in ms since the order was sent', () =>
    expect(tell(storyOf())).toEqual([
      '1. A good order: 2 × Lamp, card tok_ok',
      '     0 ms  client      POST /orders → 202 PENDING, after 5 ms',
      '     2 ms  order       OrderPlaced',
      '     4 ms  fulfilment  OrderSagaStarted: OrderPlaced → ReserveStock, CancelOrder in 15 min',
      '    12 ms  sockets     CONFIRMED 8 ms · payment COMPLETED 12 ms · 1 saga steps',
      '    70 ms  told        “Confirmed” · email SENT · in_app SENT',
      '        ✓  CONFIRMED · payment COMPLETED · Lamp: 5 → 3 pieces, 0 reserved',
    ]))

  test('has the times of our clock, also when that of the server is an hour off', () => {
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

  test('says in its last line what should be otherwise', () => {
    const told = tell(storyOf({ after: { quantity: 3, reserved: 2 } })).at(-1)
    expect(told).toMatch(/^ +✗ .*but there should be 3 pieces, 0 of them reserved$/)
  })
})

describe('a story is as it should be', () => {
  test('only with the right end, money, stock and news', () => {
    const { order, told } = storyOf()
    const { payment: _, ...unpaid } = order
    expect(complaintOf(storyOf())).toBeUndefined()
    expect(complaintOf(storyOf({ order: { ...order, status: 'PAID' } }))).toBe(
      'it should be CONFIRMED',
    )
    expect(complaintOf(storyOf({ order: { ...order, reason: 'oops' } }))).toContain('the reason')
    expect(complaintOf(storyOf({ order: unpaid }))).toBe('the payment should be COMPLETED')
    expect(complaintOf(storyOf({ told: told.slice(1) }))).toContain('by e-mail')
    const pending = told.map((each) => ({ ...each, status: 'PENDING' }))
    expect(complaintOf(storyOf({ told: pending }))).toContain('by e-mail')
    expect(complaintOf(storyOf({ after: { quantity: 5, reserved: 0 } }))).toContain('3 pieces')
  })
})

test('prices are told in whole units', () => expect(telling.priced(1_999)).toBe('19.99 EUR'))
