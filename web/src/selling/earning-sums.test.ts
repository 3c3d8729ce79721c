import { expect, test } from 'vitest'
import { earningSums } from './earning-sums.ts'

const earning = (month: string, currency: string, ...amounts: [number, number, number]) => {
  const [held, captured, refunded] = amounts.map((amount) => ({ amount, currency }))
  const none = { amount: 0, currency }
  return {
    month,
    currency,
    held: held ?? none,
    captured: captured ?? none,
    refunded: refunded ?? none,
  }
}

test('earnings are summed by currency', () => {
  const sums = earningSums([
    earning('2030-02', 'USD', 0, 700, 0),
    earning('2030-02', 'EUR', 100, 500, 0),
    earning('2030-01', 'EUR', 0, 250, 300),
  ])
  expect(
    sums.map(({ currency, held, captured, refunded, net }) => [
      currency,
      held.amount,
      captured.amount,
      refunded.amount,
      net.amount,
    ]),
  ).toStrictEqual([
    ['EUR', 100, 750, 300, 450],
    ['USD', 0, 700, 0, 700],
  ])
})

test('without earnings there is no sum', () => expect(earningSums([])).toStrictEqual([]))
