import { expect, test } from 'vitest'
import { stepsOf } from './order-steps.ts'

const at = '2026-01-01T00:00:00.000Z'
const event = (type: string, position: number) => ({
  type,
  at,
  revision: 0,
  position: String(position),
  data: {},
})
const move = (kind: string, type: string, position: number, ...commands: [string, number][]) => ({
  step: 'OrderSagaStepCompleted',
  at,
  position: String(position),
  input: { kind, type },
  commands: commands.map(([name, wait]) => ({ type: name, to: 'stock', target: 'x', wait })),
  ended: false,
})

test('the steps of an order are its events, with what followed, and what happened elsewhere', () => {
  const steps = stepsOf({
    events: [event('OrderPlaced', 9), event('OrderStockConfirmed', 14)],
    saga: [
      move(
        'event',
        'OrderPlaced',
        10,
        ['ReserveStock', 0],
        ['ReserveStock', 0],
        ['CancelOrder', 9],
      ),
      move('event', 'StockReserved', 12, ['ConfirmStock', 0]),
      move('refusal', 'ReserveStock', 100),
    ],
  })
  expect(steps.map(({ type, commands }) => [type, ...commands])).toStrictEqual([
    ['OrderPlaced', 'ReserveStock'],
    ['StockReserved', 'ConfirmStock'],
    ['OrderStockConfirmed'],
    ['ReserveStock refused'],
  ])
})
