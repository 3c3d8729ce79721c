import type { StateOf } from '#kernel'
import { stock } from '../domains/inventory/language.ts'
import { gigOrder, order, refundedOfGig } from '../domains/ordering/language.ts'
import { payment } from '../domains/payments/language.ts'
import type { Measure, Measures } from '../runtime/what-if/ends.ts'

const nothing = {}

/** Orders that are paid for, or are going to be. */
const dropped: ReadonlySet<string> = new Set(['REJECTED', 'CANCELLED'])

const ofOrder = (state: StateOf<typeof order>) =>
  state.status === 'NEW' || dropped.has(state.status) ? nothing : { 'product orders': state.total }

const ofGigOrder = (state: StateOf<typeof gigOrder>) => {
  if (state.status === 'NEW') return nothing
  const { price } = state
  const held = state.heldSince !== undefined && !['COMPLETED', 'CANCELLED'].includes(state.status)
  const refunded = refundedOfGig(state, 'done')
  const isEarned = state.status === 'COMPLETED' || refunded.amount > 0
  return {
    ...(held && !isEarned && { 'held for gigs': price }),
    ...(isEarned && {
      'earned with gigs': { ...price, amount: price.amount - refunded.amount },
    }),
  }
}

const ofPayment = (state: StateOf<typeof payment>) => {
  switch (state.status) {
    case 'authorised':
    case 'capturing':
      return { held: state.amount }
    case 'completed':
    case 'refunding':
    case 'refunded': {
      const refunded = Object.values(state.refunds)
        .filter(({ status }) => status === 'done')
        .reduce((sum, { amount }) => sum + amount, 0)
      return { charged: state.amount, refunded: { ...state.amount, amount: refunded } }
    }
    default:
      return nothing
  }
}

const ofStock = ({ quantity, reserved }: StateOf<typeof stock>) => ({
  'in stock': quantity,
  reserved,
})

/** Money and pieces in the states of deciders. */
export const measures: Measures = new Map<string, Measure>([
  [order.name, { money: ofOrder }],
  [gigOrder.name, { money: ofGigOrder }],
  [payment.name, { money: ofPayment }],
  [stock.name, { pieces: ofStock }],
])
