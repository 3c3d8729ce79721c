import { decider, isRefusal, refuse, type Refusal } from '#kernel'
import { UserId, type MediaId } from '../shared/index.ts'
import { mediaChange } from '../shared/media-change.ts'
import { changedPreferences, isSame } from './preferences.ts'
import {
  commands,
  events,
  initially,
  mostKinds,
  refusals,
  type Preferences,
  type Privacy,
  type Seller,
  type Settings,
} from './profile-messages.ts'

type Profile = {
  readonly username: string
  readonly name?: string | undefined
  readonly bio?: string | undefined
  readonly avatarMediaId?: MediaId | undefined
  readonly privacy: Privacy
  readonly preferences: Preferences
  readonly settings: Settings
  readonly seller?: Seller
}

type State =
  | { readonly status: 'new' }
  | ({ readonly status: 'active' } & Profile)
  /** `forgotten`: other contexts have erased the user's data. */
  | {
      readonly status: 'deleted'
      readonly forgotten: boolean
      /** The erasure does not wait for open orders. */
      readonly hastened?: true
    }

/** A user's profile, privacy, preferences and settings. */
export const profile = decider({
  name: 'profile',
  id: UserId,
  commands,
  events,
  refusals,
}).rules<State>({
  initialState: { status: 'new' },
  stateVersion: 2,

  decide: {
    // A late command does not restore a deleted profile.
    CreateProfile: (data, { status }) =>
      status === 'new' ? [{ type: 'UserProfileCreated', data }] : [],

    UpdateProfile: ({ name, username, bio, avatarMediaId }, state) => {
      const profile = there(state)
      if (isRefusal(profile)) return profile
      const data = {
        ...(isChange(name, profile.name) && { name }),
        ...(isChange(username, profile.username) && {
          username,
          previousUsername: profile.username,
        }),
        ...(isChange(bio, profile.bio) && { bio }),
        ...(isChange(avatarMediaId, profile.avatarMediaId) && { avatarMediaId }),
      }
      if (Object.keys(data).length === 0) return []
      const files =
        data.avatarMediaId === undefined
          ? undefined
          : mediaChange(listOf(profile.avatarMediaId), listOf(data.avatarMediaId))
      return [
        ...(files ? [{ type: 'UserMediaChanged' as const, data: files }] : []),
        { type: 'UserUpdated', data },
      ]
    },

    ChangePreferences: (data, state) => {
      const profile = there(state)
      if (isRefusal(profile)) return profile
      const { preferences: before } = profile
      const preferences = changedPreferences(before, data)
      if (Object.keys(preferences.kinds ?? {}).length > mostKinds) return refuse('TooManyKinds')
      return isSame(preferences, before)
        ? []
        : [{ type: 'UserPreferencesChanged', data: preferences }]
    },

    ChangeSettings: ({ privacy, ...wished }, state) => {
      const profile = there(state)
      if (isRefusal(profile)) return profile
      const { theme, timeZone } = profile.settings
      const settings = { ...profile.settings, ...wished }
      const same = settings.theme === theme && settings.timeZone === timeZone
      return [
        ...(same ? [] : [{ type: 'UserSettingsChanged', data: settings } as const]),
        ...(privacy === undefined || privacy === profile.privacy
          ? []
          : [{ type: 'UserPrivacyChanged', data: { privacy } } as const]),
      ]
    },

    ActivateSeller: (data, state) => {
      const profile = there(state)
      if (isRefusal(profile)) return profile
      const { seller } = profile
      const same = seller?.displayName === data.displayName && seller.about === data.about
      return same ? [] : [{ type: 'SellerProfileActivated', data }]
    },

    DeleteProfile: (_, state) => (state.status === 'deleted' ? [] : [deleted(state)]),

    ForgetAtOnce: (_, state) => {
      const hastened = { type: 'UserForgettingHastened', data: {} } as const
      if (state.status !== 'deleted') return [deleted(state), hastened]
      // Other contexts may have erased the user's data while the key still exists.
      return state.hastened && !state.forgotten ? [] : [hastened]
    },

    RecordForgotten: (data, state) => {
      if (state.status !== 'deleted') return refuse('NotDeleted')
      return state.forgotten ? [] : [{ type: 'UserForgotten', data }]
    },
  },

  evolve: {
    UserProfileCreated: (_, { username, name }) => ({
      status: 'active',
      username,
      name,
      ...initially,
    }),
    UserUpdated: (state, { name, username, bio, avatarMediaId }) =>
      changed(state, (before) => ({
        name: afterChange(name, before.name),
        username: username ?? before.username,
        bio: afterChange(bio, before.bio),
        avatarMediaId: afterChange(avatarMediaId, before.avatarMediaId),
      })),
    UserMediaChanged: (state) => state,
    UserPreferencesChanged: (state, preferences) => changed(state, () => ({ preferences })),
    UserSettingsChanged: (state, settings) => changed(state, () => ({ settings })),
    UserPrivacyChanged: (state, { privacy }) => changed(state, () => ({ privacy })),
    SellerProfileActivated: (state, seller) => changed(state, () => ({ seller })),
    UserDeleted: () => ({ status: 'deleted', forgotten: false }),
    UserForgettingHastened: (state) =>
      state.status === 'deleted' ? { ...state, hastened: true } : state,
    UserForgotten: (state) => ({
      ...(state.status === 'deleted' && state),
      status: 'deleted',
      forgotten: true,
    }),
  },
})

const there = (state: State): Profile | Refusal<'NoSuchProfile'> =>
  state.status === 'active' ? state : refuse('NoSuchProfile')

const deleted = (state: State) => {
  const { username } = state.status === 'active' ? state : {}
  return { type: 'UserDeleted', data: username === undefined ? {} : { username } } as const
}

const listOf = (id: MediaId | null | undefined): readonly MediaId[] => (id ? [id] : [])

const changed = (state: State, change: (profile: Profile) => Partial<Profile>): State =>
  state.status === 'active' ? { ...state, ...change(state) } : state

/** Returns whether a field changes: undefined leaves it unchanged, null removes it. */
const isChange = <T>(wish: T | null | undefined, now: T | undefined): boolean =>
  wish !== undefined && (wish ?? undefined) !== now

/**
 * Returns a field after a change.
 * @param change null removes the field, undefined leaves it unchanged
 * @param before value before the change
 */
export const afterChange = <T>(
  change: T | null | undefined,
  before: T | undefined,
): T | undefined => (change === null ? undefined : (change ?? before))
