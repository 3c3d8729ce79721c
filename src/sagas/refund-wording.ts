import { moneyInWords } from '#kernel'
import { templated } from '../domains/notifications/language.ts'
import type { AnyOrderStatus } from '../domains/ordering/language.ts'
import { inOneLine, type Money } from '../domains/shared/index.ts'
import type { News } from './wording.ts'

/** A notification about a refund or a return. */
export type RefundNews = News

/**
 * @param amount refunded money
 * @param status of the order after the refund
 */
export const refundedNews = (amount: Money, status: AnyOrderStatus): RefundNews =>
  templated(status === 'REFUNDED' ? 'order_refunded' : 'order_refunded.partly', {
    amount: moneyInWords(amount),
  })

export const acceptedNews: RefundNews = templated('return_accepted')

/** Most characters of a reason in a template. */
const longest = 255

/** @param reason text of the shop; a long one stays in its language */
export const declinedNews = (reason: string | undefined): RefundNews => {
  if (reason === undefined) return templated('return_declined')
  const { template, ...news } = templated('return_declined.reason', { reason })
  const isValue = reason.length <= longest && inOneLine(reason) === reason
  return isValue ? { ...news, template } : news
}

export const receivedNews: RefundNews = templated('return_received')
