import type { Channel } from './notification.ts'

/** A kind of notification. */
export type Kind = {
  /** Channels that it uses where its user has no other wish. */
  readonly channels: readonly Channel[]
  /** Whether those in the app reach the browsers of their user as well. */
  readonly pushedAlong?: true
  /** Whether it is delivered in quiet hours too. */
  readonly urgent?: true
  /** Time in which further ones of this kind are gathered into one, in ms: by push and text message only. */
  readonly gatheredFor?: number
}

const all = ['in_app', 'email', 'push', 'sms'] as const
const letter: Kind = { channels: ['in_app', 'email', 'push'], pushedAlong: true }
const news: Kind = { channels: ['in_app', 'email'] }
const inApp: Kind = { channels: ['in_app', 'push'], pushedAlong: true }
const many: Kind = { ...inApp, gatheredFor: 2 * 60_000 }

/**
 * The kinds of notifications with the channels that each uses by default, by `type`.
 */
export const kinds: Readonly<Record<string, Kind>> = {
  welcome: news,
  order_confirmed: letter,
  order_rejected: letter,
  order_cancelled: letter,
  order_shipped: letter,
  order_delivered: letter,
  order_undelivered: letter,
  order_refunded: letter,
  return_accepted: letter,
  return_declined: letter,
  return_received: letter,
  gig_ordered: letter,
  gig_delivered: letter,
  gig_revision_requested: letter,
  gig_overdue: letter,
  gig_completed: letter,
  gig_accepted: letter,
  gig_cancellation_proposed: letter,
  gig_cancelled: letter,
  review_received: letter,
  unread_messages: many,
  post_commented: many,
  mentioned: many,
  followed: many,
  follow_requested: many,
  follow_accepted: inApp,
  media_rejected: inApp,
  search_index_rebuilt: { channels: ['in_app'] },
  /** Alerts to operators: the channels that are requested depend on the severity. */
  alert_raised: { channels: all, urgent: true },
  alert_resolved: { channels: ['in_app', 'email', 'push'] },
  report_completed: letter,
  report_failed: letter,
  metric_threshold_breached: letter,
  /** Written by an admin to one user, by the channel that the admin chooses. */
  announcement: { channels: all },
  /** To a segment of those who agreed to advertisements. */
  promotion: { channels: all },
}

/** Kind of a type that is not in the table: the requested channel is used, and no other. */
const unlisted: Kind = { channels: all }

/** Returns the kind of a notification. @param type of the notification, `order_confirmed` */
export const kindOf = (type: string): Kind => kinds[type] ?? unlisted
