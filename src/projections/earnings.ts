import { Type, type Static } from 'typebox'
import { Fields, projection } from '#kernel'
import { gigOrder } from '../domains/ordering/language.ts'
import { RecordedMoney, UserId } from '../domains/shared/index.ts'

const Earnings = Fields({
  /** `<seller>-<month>-<currency>` */
  id: Type.String(),
  sellerId: UserId,
  /** `2030-01`, in UTC. */
  month: Type.String({ pattern: '^[0-9]{4}-[0-9]{2}$' }),
  currency: Type.String(),
  /** Held now, by the month in which the work began. */
  held: RecordedMoney,
  /** Taken, by the month of the acceptance. */
  captured: RecordedMoney,
  /** Given back, by the month of the refund. */
  refunded: RecordedMoney,
})
type Earnings = Static<typeof Earnings>
type Money = Static<typeof RecordedMoney>

/** Data of the events that change earnings. */
type Sale = { readonly sellerId: UserId; readonly price: Money }

const monthOf = (at: string): string => at.slice(0, 7)

const keyOf = ({ sellerId, price }: Sale, at: string): string =>
  `${sellerId}-${monthOf(at)}-${price.currency}`

/**
 * Earnings of the sellers of gigs, a document for each seller, month and currency. Each event names all that its sums
 * need, so that they are exact after every replay.
 */
export const earnings = projection({
  name: 'earnings',
  store: 'postgres',
  within: 5_000,
  document: Earnings,
  from: [gigOrder],
  key: (event) => {
    switch (event.type) {
      case 'GigOrderStarted':
        return keyOf(event.data, event.data.startedAt)
      case 'GigOrderCompleted':
        return [...new Set([keyOf(event.data, event.data.heldSince), keyOf(event.data, event.at)])]
      case 'GigOrderCancelled':
        return event.data.heldSince === undefined
          ? undefined
          : keyOf(event.data, event.data.heldSince)
      case 'GigOrderRefunded':
        return keyOf(event.data, event.at)
      default:
        return undefined
    }
  },
  indexes: [['sellerId', 'month']],
}).rules({
  GigOrderStarted: (document, { data }, id) =>
    added(document, id, data, { held: data.price.amount }),
  GigOrderCompleted: (document, { at, data }, id) => {
    const { amount } = data.price
    return added(document, id, data, {
      ...(id === keyOf(data, data.heldSince) && { held: -amount }),
      ...(id === keyOf(data, at) && { captured: amount }),
    })
  },
  GigOrderCancelled: (document, { data }, id) =>
    added(document, id, data, { held: -data.price.amount }),
  GigOrderRefunded: (document, { data }, id) =>
    added(document, id, data, { refunded: data.amount.amount }),
})

const added = (
  document: Earnings | undefined,
  id: string,
  { sellerId, price: { currency } }: Sale,
  {
    held = 0,
    captured = 0,
    refunded = 0,
  }: Partial<Record<'held' | 'captured' | 'refunded', number>>,
): Earnings => {
  const nothing = { amount: 0, currency }
  const before = document ?? { held: nothing, captured: nothing, refunded: nothing }
  const plus = ({ amount }: Money, more: number): Money => ({ amount: amount + more, currency })
  return {
    id,
    sellerId,
    month: id.slice(sellerId.length + 1, sellerId.length + 8),
    currency,
    held: plus(before.held, held),
    captured: plus(before.captured, captured),
    refunded: plus(before.refunded, refunded),
  }
}
