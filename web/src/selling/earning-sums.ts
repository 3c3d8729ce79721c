import type { DataOf } from '../api/client.ts'
import type { Money } from '../i18n/formats.ts'

/** Earnings in a month and a currency. */
export type Earning = DataOf<'/api/v1/users/me/earnings', 'get'>['earnings'][number]

/** Sums of earnings in a currency; `net` is what was earned less what was given back. */
export type EarningSum = {
  readonly currency: string
  readonly held: Money
  readonly captured: Money
  readonly refunded: Money
  readonly net: Money
}

/** Returns the sums of earnings by currency, which are never added to each other. */
export const earningSums = (earnings: readonly Earning[]): readonly EarningSum[] =>
  [...Map.groupBy(earnings, ({ currency }) => currency)]
    .map(([currency, all]) => {
      const sum = (part: 'held' | 'captured' | 'refunded'): Money => ({
        amount: all.reduce((total, one) => total + one[part].amount, 0),
        currency,
      })
      const [held, captured, refunded] = [sum('held'), sum('captured'), sum('refunded')]
      const net = { amount: captured.amount - refunded.amount, currency }
      return { currency, held, captured, refunded, net }
    })
    .toSorted((one, other) => (one.currency < other.currency ? -1 : 1))
