import { moneyInWords } from '#kernel'
import type { OrderItem } from '../domains/ordering/language.ts'
import { inOneLine, type Money } from '../domains/shared/index.ts'

/** A notification about an order that has ended. */
export type News = {
  /** `order_confirmed` */
  readonly type: string
  readonly subject: string
  readonly text: string
}

/** Number of an order's lines in the summary; the others are only counted. */
const named = 3

/**
 * Summarizes an order: `2 × Lamp and 1 × Chair, 89.98 EUR`. Names of older products may contain line breaks, which are
 * replaced, so that their text does not read as Agora's.
 */
export const summaryOf = (items: readonly OrderItem[], total: Money): string => {
  const lines = items
    .slice(0, named)
    .map(({ quantity, name }) => `${quantity} × ${inOneLine(name)}`)
  const more = items.length - lines.length
  const parts = more > 0 ? [...lines, `${more} more`] : lines
  const [last = '', ...others] = parts.toReversed()
  const list = others.length > 0 ? `${others.toReversed().join(', ')} and ${last}` : last
  return `${list}, ${moneyInWords(total)}`
}

/** @param summary of the order */
export const confirmedNews = (summary: string): News => ({
  type: 'order_confirmed',
  subject: 'Your order is confirmed',
  text: `Your order of ${summary}, is confirmed.`,
})

const rejections: Readonly<Record<string, string>> = {
  out_of_stock: 'something in it is sold out. You have not been charged.',
  payment_unavailable: 'the payment could not be made. You have not been charged.',
  payment_declined: 'the payment was declined. You have not been charged.',
}

/**
 * @param summary of the order
 * @param reason of the rejection
 */
export const rejectedNews = (summary: string, reason: string): News => ({
  type: 'order_rejected',
  subject: 'Your order could not be accepted',
  text: `Your order of ${summary}, could not be accepted: ${rejections[reason] ?? `${inOneLine(reason)}.`}`,
})

/**
 * @param summary of the order
 * @param reason of the cancellation
 */
export const cancelledNews = (summary: string, reason: string): News => ({
  type: 'order_cancelled',
  subject: 'Your order was called off',
  text: `Your order of ${summary}, was called off${
    reason === 'payment_timeout' ? ' because it was not paid in time' : ''
  }. What you may have paid is given back.`,
})
