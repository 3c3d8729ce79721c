import { Type, type Static } from 'typebox'
import { Fields, personal, projection, Timestamp } from '#kernel'
import { account } from '../domains/identity/language.ts'
import {
  afterChange,
  follow,
  initially,
  Preferences,
  Privacy,
  profile,
  Seller,
  Settings,
} from '../domains/profiles/language.ts'
import { MediaId, Text, UserId, Username } from '../domains/shared/index.ts'

const Profile = Fields({
  id: UserId,
  username: personal(Username),
  name: Type.Optional(personal(Text(1, 255))),
  bio: Type.Optional(personal(Text(1, 2_000))),
  avatarMediaId: Type.Optional(MediaId),
  privacy: Privacy,
  preferences: Preferences,
  settings: Settings,
  seller: Type.Optional(Seller),
  /** Whether the account is suspended; only the user and admins see the profile then. */
  suspended: Type.Boolean(),
  followers: Type.Integer({ minimum: 0 }),
  following: Type.Integer({ minimum: 0 }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
type Profile = Static<typeof Profile>

/** Profiles of all users, from their registration on, with the numbers of followers and of followed users. */
export const profiles = projection({
  name: 'profiles',
  version: 4,
  store: 'postgres',
  within: 2_000,
  document: Profile,
  from: [account, profile, follow],
  key: (event) =>
    event.type === 'UserFollowed' || event.type === 'UserUnfollowed'
      ? [event.data.followerId, event.data.followeeId]
      : event.id,
}).rules({
  UserRegistered: (_, { id, at, data: { username, name } }) => newProfile(id, at, username, name),
  UserProfileCreated: (document, { id, at, data: { username, name } }) =>
    document ?? newProfile(id, at, username, name),
  UserUpdated: (document, { at, data }) => {
    if (!document) return undefined
    const { name, bio, avatarMediaId, ...others } = document
    const now = {
      name: afterChange(data.name, name),
      bio: afterChange(data.bio, bio),
      avatarMediaId: afterChange(data.avatarMediaId, avatarMediaId),
    }
    return {
      ...others,
      username: data.username ?? document.username,
      ...(now.name !== undefined && { name: now.name }),
      ...(now.bio !== undefined && { bio: now.bio }),
      ...(now.avatarMediaId !== undefined && { avatarMediaId: now.avatarMediaId }),
      updatedAt: at,
    }
  },
  UserPreferencesChanged: (document, { at, data: preferences }) =>
    document && { ...document, preferences, updatedAt: at },
  UserSettingsChanged: (document, { at, data: settings }) =>
    document && { ...document, settings, updatedAt: at },
  UserPrivacyChanged: (document, { at, data: { privacy } }) =>
    document && { ...document, privacy, updatedAt: at },
  SellerProfileActivated: (document, { at, data: seller }) =>
    document && { ...document, seller, updatedAt: at },
  UserDeleted: () => undefined,

  UserFollowed: (document, event, key) => document && counted(document, event, key, 1),
  UserUnfollowed: (document, event, key) => document && counted(document, event, key, -1),

  AccountSuspended: (document) => document && { ...document, suspended: true },
  AccountResumed: (document) => document && { ...document, suspended: false },
  AccountClosed: () => undefined,
})

const newProfile = (
  id: UserId,
  at: string,
  username: string,
  name: string | undefined,
): Profile => ({
  id,
  username,
  ...(name !== undefined && { name }),
  ...initially,
  suspended: false,
  followers: 0,
  following: 0,
  createdAt: at,
  updatedAt: at,
})

const counted = (
  document: Profile,
  { data }: { readonly data: { readonly followeeId: UserId } },
  key: string,
  by: 1 | -1,
): Profile =>
  key === data.followeeId
    ? { ...document, followers: document.followers + by }
    : { ...document, following: document.following + by }
