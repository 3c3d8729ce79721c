import { Type } from 'typebox'
import { Fields, personal, publishing } from '#kernel'
import { MediaId, UserId } from '../shared/index.ts'
import { follow } from './follow.ts'
import { profile } from './profile.ts'

const ofProfile = publishing(profile)
const ofFollow = publishing(follow)

const pair = Fields({ followerId: UserId, followeeId: UserId })

const Text = personal(Type.String())
const TextOrNone = personal(Type.Union([Type.String(), Type.Null()]))

/** Events of this context for other systems. */
export const published = [
  // The sources subscribe to USER_CREATED, and none of them publishes it.
  ofProfile('UserProfileCreated', {
    names: ['USER_CREATED'],
    data: Fields({ userId: UserId, username: Text, name: Type.Optional(Text) }),
    of: ({ userId, username, name }) => ({
      userId,
      username,
      ...(name !== undefined && { name }),
    }),
  }),
  ofProfile('UserUpdated', {
    names: ['USER_UPDATED'],
    data: Fields({
      userId: UserId,
      username: Type.Optional(Text),
      name: Type.Optional(TextOrNone),
      bio: Type.Optional(TextOrNone),
      avatarMediaId: Type.Optional(Type.Union([MediaId, Type.Null()])),
    }),
    of: ({ username, name, bio, avatarMediaId }, userId) => ({
      userId,
      ...(username !== undefined && { username }),
      ...(name !== undefined && { name }),
      ...(bio !== undefined && { bio }),
      ...(avatarMediaId !== undefined && { avatarMediaId }),
    }),
  }),
  ofProfile('UserDeleted', {
    names: ['USER_DELETED'],
    data: Fields({ userId: UserId }),
    of: (_, userId) => ({ userId }),
  }),
  ofFollow('UserFollowed', {
    names: ['USER_FOLLOWED'],
    data: pair,
    of: ({ followerId, followeeId }) => ({ followerId, followeeId }),
  }),
  ofFollow('UserUnfollowed', {
    names: ['USER_UNFOLLOWED'],
    data: pair,
    of: ({ followerId, followeeId }) => ({ followerId, followeeId }),
  }),
]
