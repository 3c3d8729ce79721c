import { initially, type Preferences } from './profile-messages.ts'

/** Something that somebody is to be told, as far as it matters to whether they want that. */
export type Telling = {
  readonly channel: 'in_app' | 'email'
  /** Whether it is an advertisement. */
  readonly marketing?: true | undefined
}

/** Somebody with a profile, one that is not there yet, or one that is gone. */
type Wishing = { readonly status: string; readonly preferences?: Preferences }

/**
 * What stands against telling somebody something. Mails about the safety of their account are not asked about.
 * @param profile theirs; the usual preferences hold until it is there
 * @returns the preference that it goes against: the channel, or advertisements; undefined when they want it
 */
export const unwanted = (
  { preferences = initially.preferences }: Wishing,
  { channel, marketing }: Telling,
): 'channel' | 'marketing' | undefined => {
  const { channels } = preferences
  if (!(channel === 'in_app' ? channels.inApp : channels.email)) return 'channel'
  return marketing && !preferences.marketing ? 'marketing' : undefined
}
