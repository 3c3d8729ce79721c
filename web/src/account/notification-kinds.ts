import type { Role } from '../app/session.tsx'
import type { Preferences } from './account-queries.ts'

/** Channels of notifications, as preferences name them. */
export const channels = ['inApp', 'email', 'push', 'sms'] as const

/** A channel of notifications. */
export type Channel = (typeof channels)[number]

const letter: readonly Channel[] = ['inApp', 'email', 'push']
const device: readonly Channel[] = ['inApp', 'push']

/** Kinds of notifications for everybody, with the channels that each uses without another wish; as the server has them. */
const forAll = {
  welcome: ['inApp', 'email'],
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
  unread_messages: device,
  post_commented: device,
  mentioned: device,
  followed: device,
  follow_requested: device,
  follow_accepted: device,
  media_rejected: device,
  announcement: channels,
  promotion: channels,
} as const satisfies Readonly<Record<string, readonly Channel[]>>

/** Kinds of notifications about the operation of Agora, for analysts and admins. */
const forStaff = {
  alert_raised: channels,
  alert_resolved: letter,
  report_completed: letter,
  report_failed: letter,
  metric_threshold_breached: letter,
  search_index_rebuilt: ['inApp'],
} as const satisfies Readonly<Record<string, readonly Channel[]>>

/** A kind of notification. */
export type Kind = keyof typeof forAll | keyof typeof forStaff

/** All kinds with their channels by default. */
export const defaultChannels: Readonly<Record<Kind, readonly Channel[]>> = {
  ...forAll,
  ...forStaff,
}

const isKind = (name: string): name is Kind => Object.hasOwn(defaultChannels, name)

/** The kinds that a user may get. */
export const kindsFor = (roles: readonly Role[]): readonly Kind[] =>
  Object.keys(
    roles.some((role) => role === 'admin' || role === 'analyst') ? defaultChannels : forAll,
  ).filter(isKind)

/** Whether a kind uses a channel by a user's preferences. */
export const uses = ({ kinds }: Preferences, kind: Kind, channel: Channel): boolean =>
  kinds?.[kind]?.[channel] ?? defaultChannels[kind].includes(channel)

type ChangedKinds = Record<string, Partial<Record<Channel, boolean>> | null>

/**
 * Returns the kinds to send for a user's choice: those that differ from their defaults, and null for those that no longer
 * do, so that a default may change later.
 * @param isChosen whether a kind is to use a channel
 */
export const changedKinds = (
  { kinds = {} }: Preferences,
  shown: readonly Kind[],
  isChosen: (kind: Kind, channel: Channel) => boolean,
): ChangedKinds => {
  const changed: ChangedKinds = {}
  for (const kind of shown) {
    const other = channels.filter(
      (channel) => isChosen(kind, channel) !== defaultChannels[kind].includes(channel),
    )
    if (other.length > 0)
      changed[kind] = Object.fromEntries(channels.map((one) => [one, isChosen(kind, one)]))
    else if (kinds[kind]) changed[kind] = null
  }
  return changed
}
