import { moneyInWords } from '#kernel'
import type { Money } from '../domains/shared/index.ts'
import type { News } from './wording.ts'

// Notifications about orders of gigs. They name no gig: its title is the seller's, and is erased with them.

/** To the seller. @param price of the order */
export const gigOrderedNews = (price: Money, dueAt: string): News => ({
  type: 'gig_ordered',
  subject: 'You have a new order',
  text: `A buyer has ordered one of your gigs for ${moneyInWords(price)}. The money is held until the work is accepted. Deliver by ${dueAt.slice(0, 10)}.`,
})

/** To the buyer. @param days of silence after which the work is accepted */
export const gigDeliveredNews = (days: number): News => ({
  type: 'gig_delivered',
  subject: 'Your order is delivered',
  text: `The seller has delivered your order. Accept the work or ask for a revision: without an answer within ${days} days, it is accepted.`,
})

/** To the seller. */
export const gigRevisionNews = (dueAt: string): News => ({
  type: 'gig_revision_requested',
  subject: 'A revision is requested',
  text: `The buyer asks for a revision of your delivery. Deliver it by ${dueAt.slice(0, 10)}.`,
})

/** To the buyer. */
export const gigOverdueNews: News = {
  type: 'gig_overdue',
  subject: 'Your order is overdue',
  text: 'The seller has not delivered in time. You may wait, or cancel the order; the money is not taken then.',
}

/** To the seller. */
export const gigCompletedNews = (price: Money): News => ({
  type: 'gig_completed',
  subject: 'Your order is completed',
  text: `The work is accepted, and ${moneyInWords(price)} was taken for you.`,
})

/** To the buyer, who has not answered. */
export const gigAcceptedNews = (price: Money): News => ({
  type: 'gig_accepted',
  subject: 'Your order is completed',
  text: `There was no answer, so the delivered work is accepted, and ${moneyInWords(price)} was taken from your card.`,
})

/** To the other party. */
export const gigProposalNews: News = {
  type: 'gig_cancellation_proposed',
  subject: 'The other side asks to cancel an order',
  text: 'The other side of an order of a gig asks to cancel it. If you agree, cancel it as well; otherwise it goes on.',
}

const reasons: Readonly<Record<string, string>> = {
  payment_declined: ' because the payment was declined',
  payment_unavailable: ' because the payment could not be made',
  payment_timeout: ' because it was not paid in time',
  payment_not_captured: ' because the money could not be taken',
  overdue: ' because it was overdue',
  cancelled_by_agreement: ' by agreement of both sides',
  cancelled_by_admin: ' by Agora',
}

/** To both parties, except for the one who has cancelled. @param reason of the cancellation */
export const gigCancelledNews = (reason: string): News => ({
  type: 'gig_cancelled',
  subject: 'An order of a gig is cancelled',
  text: `An order of a gig was cancelled${reasons[reason] ?? ''}. No money is taken for it.`,
})
