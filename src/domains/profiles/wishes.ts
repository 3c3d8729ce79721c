import { initially, type Preferences } from './profile-messages.ts'

/** Channel of a notification. */
type Channel = 'in_app' | 'email' | 'push' | 'sms'

/** Properties of a notification that preferences decide on. */
export type NotificationKind = {
  readonly channel: Channel
  /** `order_confirmed` */
  readonly type?: string
  /** Whether this kind uses the channel where its user has no other wish. Default: it does. */
  readonly isDefault?: boolean
  /** Whether it is an advertisement. */
  readonly marketing?: true | undefined
}

/** State of a profile that exists, does not exist yet, or was deleted. */
type WithPreferences = { readonly status: string; readonly preferences?: Preferences }

const nameOf = { in_app: 'inApp', email: 'email', push: 'push', sms: 'sms' } as const

/**
 * Returns the preference that excludes a notification. Mails about the security of an account are sent regardless.
 * @param profile of the recipient; the initial preferences apply until it exists
 * @returns the channel, the kind by this channel, or advertisements; undefined when the notification is wanted
 */
export const unwanted = (
  { preferences = initially.preferences }: WithPreferences,
  { channel, type, isDefault = true, marketing }: NotificationKind,
): 'channel' | 'kind' | 'marketing' | undefined => {
  const name = nameOf[channel]
  if (!preferences.channels[name]) return 'channel'
  const wish = type === undefined ? undefined : preferences.kinds?.[type]?.[name]
  if (!(wish ?? isDefault)) return 'kind'
  return marketing && !preferences.marketing ? 'marketing' : undefined
}

/**
 * Returns whether clients may report what a user does, for analytics: unless the user objects.
 * @param profile of the user; the initial preferences apply until it exists
 */
export const allowsAnalytics = ({
  preferences = initially.preferences,
}: WithPreferences): boolean => preferences.analytics !== false
