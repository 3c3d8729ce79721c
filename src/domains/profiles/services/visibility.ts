import { Type, type Static } from 'typebox'
import type { DocumentOf } from '#kernel'
import { follow, followIdOf, Privacy, Seller } from '../language.ts'
import { MediaId, UserId } from '../../shared/index.ts'
import type { Executor } from '../../../runtime/execution.ts'
import type { ReadModels } from '../../../runtime/reading.ts'
import { follows, type profiles } from '../../../projections/index.ts'
import { ownsOrAdmin, type Caller } from '../../../serving/caller.ts'

/** A profile as a store has it. */
export type ProfileDocument = DocumentOf<typeof profiles>

/** Somebody, as others see them: of who does not show more, there is a card with their username only. */
export const Shown = Type.Object({
  userId: UserId,
  username: Type.String(),
  private: Type.Boolean({ description: 'Whether this is all that you may see of them' }),
  name: Type.Optional(Type.String()),
  bio: Type.Optional(Type.String()),
  avatarMediaId: Type.Optional(MediaId),
  privacy: Type.Optional(Privacy),
  seller: Type.Optional(Seller),
  followers: Type.Optional(Type.Integer()),
  following: Type.Optional(Type.Integer()),
  createdAt: Type.Optional(Type.String({ format: 'date-time' })),
})
export type Shown = Static<typeof Shown>

/** @param visible whether the one who asks may see more than a card */
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

/** What decides who may see a profile. */
type Visibility = Pick<ProfileDocument, 'id' | 'privacy' | 'suspended'>

/** Whether somebody may see more of another than a card, as things stand now. */
export const maySee = async (
  executor: Executor,
  caller: Caller,
  { id, privacy, suspended }: Visibility,
): Promise<boolean> => {
  if (ownsOrAdmin(caller, id)) return true
  if (suspended || privacy === 'private') return false
  if (privacy === 'public') return true
  const { state } = await executor.stateOf(follow, followIdOf(caller.id, id))
  return state.follows
}

/** Several people as somebody sees them, by one question to the read model of who follows whom. */
export const shownAll = async (
  readModels: ReadModels,
  caller: Caller,
  documents: readonly ProfileDocument[],
): Promise<Shown[]> => {
  const asked = documents.filter(({ privacy }) => privacy === 'followers').map(({ id }) => id)
  const { documents: followed } = await readModels.find(follows, {
    where: { followerId: caller.id, followeeId: { in: asked } },
    limit: asked.length,
  })
  const follow = new Set(followed.map(({ followeeId }) => followeeId))
  return documents.map((document) => {
    const { id, privacy, suspended } = document
    const open = privacy === 'public' || (privacy === 'followers' && follow.has(id))
    return shown(document, ownsOrAdmin(caller, id) || (open && !suspended))
  })
}
