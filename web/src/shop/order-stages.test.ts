import { describe, expect, test } from 'vitest'
import { returnableOf, stagesOf } from './order-stages.ts'

const at = '2026-01-01T00:00:00.000Z'
const happened = (...types: string[]) => ({
  events: types.map((type, revision) => ({
    type,
    at,
    revision,
    position: String(revision),
    data: {},
  })),
})
const standings = (status: Parameters<typeof stagesOf>[0]['status'], ...types: string[]) =>
  stagesOf({ status, createdAt: at }, happened('OrderPlaced', ...types)).map(
    ({ standing }) => standing,
  )

describe('the stages of an order', () => {
  test('that was just placed: its goods are reserved now', () =>
    expect(standings('PENDING')).toStrictEqual(['done', 'now', 'next', 'next', 'next', 'next']))

  test('follow the status, which arrives before the history', () =>
    expect(standings('PAID', 'OrderStockConfirmed')).toStrictEqual([
      'done',
      'done',
      'done',
      'now',
      'next',
      'next',
    ]))

  test('end where it was rejected', () =>
    expect(standings('REJECTED', 'OrderStockConfirmed', 'OrderRejected')).toStrictEqual([
      'done',
      'done',
      'failed',
      'never',
      'never',
      'never',
    ]))

  test('go on after a part was refunded', () =>
    expect(
      standings('PARTLY_REFUNDED', 'OrderStockConfirmed', 'OrderPaid', 'OrderConfirmed'),
    ).toStrictEqual(['done', 'done', 'done', 'done', 'now', 'next']))

  test('are all done once it is completed', () =>
    expect(standings('COMPLETED')).toStrictEqual(Array.from({ length: 6 }, () => 'done')))
})

describe('the pieces that can be returned', () => {
  const price = { amount: 100, currency: 'EUR' }
  const item = { kind: 'product' as const, refId: 'lamp', name: 'Lamp', quantity: 3, price }
  const portion = (quantity: number) => [{ line: 0, refId: 'lamp', quantity }]

  test('are none before the order is on its way', () =>
    expect(returnableOf({ items: [item] }, false)).toStrictEqual([0]))

  test('are those that were not refunded, and are in no return that is not declined', () => {
    const returned = (status: 'REQUESTED' | 'DECLINED', quantity: number) => ({
      id: status,
      status,
      lines: portion(quantity),
      restocked: 0,
      at,
    })
    const refund = {
      id: 'refund',
      status: 'DONE' as const,
      lines: portion(1),
      amount: price,
      reason: 'broken',
      restocked: 0,
      at,
    }
    const order = {
      items: [item, { ...item, quantity: 1 }],
      refunds: [refund],
      returns: [returned('REQUESTED', 1), returned('DECLINED', 3)],
    }
    expect(returnableOf(order, true)).toStrictEqual([1, 1])
  })
})
