import { moneyInWords } from '#kernel'
import { templated } from '../domains/notifications/language.ts'
import type { Money } from '../domains/shared/index.ts'
import type { News } from './wording.ts'

// Notifications about orders of gigs. They name no gig: its title is the seller's, and is erased with them.

/** To the seller. @param price of the order */
export const gigOrderedNews = (price: Money, dueAt: string): News =>
  templated('gig_ordered', { price: moneyInWords(price), dueOn: dueAt.slice(0, 10) })

/** To the buyer. @param days of silence after which the work is accepted */
export const gigDeliveredNews = (days: number): News =>
  templated('gig_delivered', { days: String(days) })

/** To the seller. */
export const gigRevisionNews = (dueAt: string): News =>
  templated('gig_revision_requested', { dueOn: dueAt.slice(0, 10) })

/** To the buyer. */
export const gigOverdueNews: News = templated('gig_overdue')

/** To the seller. */
export const gigCompletedNews = (price: Money): News =>
  templated('gig_completed', { price: moneyInWords(price) })

/** To the buyer, who has not answered. */
export const gigAcceptedNews = (price: Money): News =>
  templated('gig_accepted', { price: moneyInWords(price) })

/** To the other party. */
export const gigProposalNews: News = templated('gig_cancellation_proposed')

/** Reasons of cancellations that have words of their own; others are not named. */
const reasons = [
  'payment_declined',
  'payment_unavailable',
  'payment_timeout',
  'payment_not_captured',
  'overdue',
  'cancelled_by_agreement',
  'cancelled_by_admin',
]

/** To both parties, except for the one who has cancelled. @param reason of the cancellation */
export const gigCancelledNews = (reason: string): News =>
  templated('gig_cancelled', { reason: reasons.includes(reason) ? reason : 'other' })
