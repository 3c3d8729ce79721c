import { initially, type Preferences } from './profile-messages.ts'

/** Properties of a notification that preferences decide on. */
export type NotificationKind = {
  readonly channel: 'in_app' | 'email'
  /** Whether it is an advertisement. */
  readonly marketing?: true | undefined
}

/** State of a profile that exists, does not exist yet, or was deleted. */
type WithPreferences = { readonly status: string; readonly preferences?: Preferences }

/**
 * Returns the preference that excludes a notification. Mails about the security of an account are sent regardless.
 * @param profile of the recipient; the initial preferences apply until it exists
 * @returns the channel or advertisements; undefined when the notification is wanted
 */
export const unwanted = (
  { preferences = initially.preferences }: WithPreferences,
  { channel, marketing }: NotificationKind,
): 'channel' | 'marketing' | undefined => {
  const { channels } = preferences
  if (!(channel === 'in_app' ? channels.inApp : channels.email)) return 'channel'
  return marketing && !preferences.marketing ? 'marketing' : undefined
}
