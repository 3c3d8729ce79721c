import { moneyInWords } from '#kernel'
import type { AnyOrderStatus } from '../domains/ordering/language.ts'
import type { Money } from '../domains/shared/index.ts'
import type { News } from './wording.ts'

/** A notification about a refund or a return. */
export type RefundNews = News

/**
 * @param amount refunded money
 * @param status of the order after the refund
 */
export const refundedNews = (amount: Money, status: AnyOrderStatus): RefundNews => ({
  type: 'order_refunded',
  subject: status === 'REFUNDED' ? 'Your order is refunded' : 'A part of your order is refunded',
  text: `We have given back ${moneyInWords(amount)} to the card that you paid with. Your bank may take some days to show it.${
    status === 'REFUNDED' ? ' Nothing more of this order is sent.' : ''
  }`,
})

export const acceptedNews: RefundNews = {
  type: 'return_accepted',
  subject: 'Your return is accepted',
  text: 'Please send the goods back to us. You get the money back when they have arrived.',
}

/** @param reason text of the shop */
export const declinedNews = (reason: string | undefined): RefundNews => ({
  type: 'return_declined',
  subject: 'Your return was not accepted',
  text: `We cannot take these goods back${reason === undefined ? '.' : `: ${reason}`}`,
})

export const receivedNews: RefundNews = {
  type: 'return_received',
  subject: 'Your return has arrived',
  text: 'The goods that you sent back have arrived. We are giving your money back.',
}
