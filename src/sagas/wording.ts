import { moneyInWords } from '#kernel'
import { templated, type Filled } from '../domains/notifications/language.ts'
import type { OrderItem } from '../domains/ordering/language.ts'
import { inOneLine, type Money } from '../domains/shared/index.ts'

/** A notification about an order that has ended. */
export type News = {
  /** `order_confirmed` */
  readonly type: string
  readonly subject: string
  readonly text: string
  /** For other languages. */
  readonly template?: Filled
}

/** Number of an order's lines in the summary; the others are only counted. */
const named = 3

/**
 * Summarizes an order in all languages: `2 × Lamp, 1 × Chair, 89.98 EUR`. Names of older products may contain line breaks, which are
 * replaced, so that their text does not read as Agora's.
 */
export const summaryOf = (items: readonly OrderItem[], total: Money): string => {
  const lines = items
    .slice(0, named)
    .map(({ quantity, name }) => `${quantity} × ${inOneLine(name)}`)
  const more = items.length - lines.length
  const parts = more > 0 ? [...lines, `+ ${more}`] : lines
  return `${parts.join(', ')}, ${moneyInWords(total)}`
}

/** @param summary of the order */
export const confirmedNews = (summary: string): News => templated('order_confirmed', { summary })

/** Reasons of rejections that have words of their own. */
const rejections = ['out_of_stock', 'payment_unavailable', 'payment_declined']

/**
 * @param summary of the order
 * @param reason of the rejection
 */
export const rejectedNews = (summary: string, reason: string): News =>
  templated('order_rejected', {
    summary,
    reason: rejections.includes(reason) ? reason : `${inOneLine(reason)}.`,
  })

/**
 * @param summary of the order
 * @param reason of the cancellation; only a timeout is named
 */
export const cancelledNews = (summary: string, reason: string): News =>
  templated('order_cancelled', { summary, reason: reason === 'payment_timeout' ? reason : 'other' })
