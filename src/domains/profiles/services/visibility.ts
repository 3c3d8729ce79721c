import { Type, type Static } from 'typebox'
import type { DocumentOf } from '#kernel'
import { follow, followIdOf, Privacy, Seller } from '../language.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import type { Executor } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { follows, type profiles } from '../../../projections/index.ts'
import { ownsOrAdmin, type Caller } from '../../../serving/caller.ts'
import { ResponseTime } from '../../chat/services/response-times.ts'

/** Document of a profile. */
export type ProfileDocument = DocumentOf<typeof profiles>

/** A profile as another user sees it; a hidden profile shows its username only. */
export const Shown = Type.Object({
  userId: UserId,
  username: Type.String(),
  private: Type.Boolean({
    description: 'Whether the profile is hidden from you, except for its username',
  }),
  name: Type.Optional(Type.String()),
  bio: Type.Optional(Type.String()),
  avatarMediaId: Type.Optional(MediaId),
  privacy: Type.Optional(Privacy),
  seller: Type.Optional(Seller),
  followers: Type.Optional(Type.Integer()),
  following: Type.Optional(Type.Integer()),
  createdAt: Type.Optional(Type.String({ format: 'date-time' })),
  rating: Type.Optional(
    Type.Object(
      { average: Type.Number(), count: Type.Integer() },
      { description: 'By people who have dealt with the user; in lists absent' },
    ),
  ),
  ordersDone: Type.Optional(
    Type.Integer({ description: 'Completed orders of gigs of a seller; in lists absent' }),
  ),
  responseTime: Type.Optional(ResponseTime),
})
export type Shown = Static<typeof Shown>

/** Returns a profile as a caller sees it. @param visible whether the caller may see the whole profile */
export const shown = (document: ProfileDocument, visible: boolean): Shown => {
  const { id: userId, username: called } = document
  if (!visible) return { userId, username: called, private: true }
  const { name, bio, avatarMediaId, privacy, seller, followers, following, createdAt } = document
  return {
    userId,
    username: called,
    private: false,
    ...(name !== undefined && { name }),
    ...(bio !== undefined && { bio }),
    ...(avatarMediaId !== undefined && { avatarMediaId }),
    privacy,
    ...(seller && { seller }),
    followers,
    following,
    createdAt,
  }
}

/** Fields of a profile that decide who may see it. */
type Visibility = Pick<ProfileDocument, 'id' | 'privacy' | 'suspended'>

/** Returns whether the caller may see a whole profile. */
export const maySee = async (
  executor: Executor,
  caller: Caller,
  { id, privacy, suspended }: Visibility,
): Promise<boolean> => {
  if (ownsOrAdmin(caller, id)) return true
  if (suspended) return false
  if (privacy === 'public') return true
  const { state } = await executor.stateOf(follow, followIdOf(caller.id, id))
  return privacy === 'private' ? state.accepted : state.follows
}

/** Returns a function that tells whether a reader with these follows is admitted by the privacy of a user. */
export const admittedBy = (
  followed: readonly DocumentOf<typeof follows>[],
): ((user: Pick<ProfileDocument, 'id' | 'privacy'>) => boolean) => {
  const byId = new Map(followed.map((one) => [one.followeeId, one]))
  return ({ id, privacy }) => {
    if (privacy === 'public') return true
    const follow = byId.get(id)
    return follow !== undefined && (privacy === 'followers' || follow.accepted === true)
  }
}

/** Returns profiles as the caller sees them, by one query of the read model of follows. */
export const shownAll = async (
  readModels: ReadModels,
  caller: Caller,
  documents: readonly ProfileDocument[],
): Promise<Shown[]> => {
  const followersOnly = documents.filter(({ privacy }) => privacy !== 'public').map(({ id }) => id)
  const { documents: followed } = await readModels.find(follows, {
    where: { followerId: caller.id, followeeId: { in: followersOnly } },
    limit: followersOnly.length,
  })
  const admitted = admittedBy(followed)
  return documents.map((document) => {
    const { id, suspended } = document
    const open = admitted(document)
    return shown(document, ownsOrAdmin(caller, id) || (open && !suspended))
  })
}
