import { Type, type Static } from 'typebox'
import {
  derivedUuid,
  isRefusal,
  streamOf,
  type CommandOf,
  type DocumentOf,
  type StateOf,
} from '#kernel'
import { account, username, usernameIdOf } from '../domains/identity/index.ts'
import { follow, followIdOf, Privacy, profile, Seller } from '../domains/profiles/index.ts'
import { MediaId, UserId } from '../domains/shared/index.ts'
import { Conflict } from '../platform/event-log/port.ts'
import type { Executor, Origin } from '../platform/runtime/execution.ts'
import type { ReadModels } from '../platform/runtime/reading.ts'
import { follows, type profiles } from '../projections/index.ts'
import type { Person } from './accounts/accounts.ts'
import { ownsOrAdmin } from './callers/auth.ts'
import { notFound, Problem } from './problem.ts'
import { refusalProblem } from './refusals.ts'
import type { Caller } from './callers/tokens.ts'

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

/** Somebody by the names that their profile has: the account knows those of the registration only. */
export const asCalled = (person: Person, state: StateOf<typeof profile>): Person => {
  if (state.status !== 'active') return person
  const { name: _, ...rest } = person
  const { username: called, name } = state
  return { ...rest, username: called, ...(name !== undefined && { name }) }
}

/** Somebody by the names that their profile has now. */
export const asCalledNow = async (executor: Executor, person: Person): Promise<Person> =>
  asCalled(person, (await executor.stateOf(profile, person.userId)).state)

/** A command that prepares another one of the same request: the same one on a retry. */
const before = (origin: Origin, name: string): Origin => ({
  ...origin,
  commandId: derivedUuid(origin.commandId, name),
  causationId: origin.commandId,
})

/**
 * Makes sure that somebody with an account has a profile. It follows the registration by itself; but who has just
 * registered may ask for something before it is there.
 * @throws Problem 404 when there is no such user, or no longer
 */
const withProfile = async (executor: Executor, userId: UserId, origin: Origin): Promise<void> => {
  const { state } = await executor.stateOf(profile, userId)
  if (state.status === 'active') return
  const { state: person } = await executor.stateOf(account, userId)
  const isGone = person.status === 'new' || person.status === 'closed'
  if (isGone || state.status === 'deleted') throw notFound('user')
  const data = {
    userId,
    username: person.username,
    ...(person.name !== undefined && { name: person.name }),
  }
  const command = { type: 'CreateProfile' as const, data }
  await executor.execute(profile, userId, command, before(origin, 'profile'))
}

/**
 * Changes somebody's profile.
 * @throws Problem when there is no such user, or the domain says no
 */
export const change = async (
  executor: Executor,
  userId: UserId,
  command: CommandOf<typeof profile>,
  origin: Origin,
  expecting: { readonly expectedRevision?: number },
) => {
  await withProfile(executor, userId, origin)
  const answer = await executor.execute(profile, userId, command, origin, expecting)
  if (isRefusal(answer)) throw refusalProblem(profile, answer)
  const { state, position, revision } = answer
  if (state.status !== 'active') throw notFound('user')
  return { profile: state, position, revision }
}

/**
 * Looks whether somebody's profile is where a change wants it, before anything is held for that change.
 * @throws Problem when there is no such user
 * @throws Conflict when it is elsewhere
 */
export const mustBeAt = async (
  executor: Executor,
  userId: UserId,
  origin: Origin,
  { expectedRevision }: { readonly expectedRevision?: number },
): Promise<void> => {
  await withProfile(executor, userId, origin)
  const { revision } = await executor.stateOf(profile, userId)
  if (expectedRevision !== undefined && expectedRevision !== revision)
    throw new Conflict(streamOf(profile, userId), expectedRevision, revision)
}

/**
 * Holds a username for somebody who is about to have it; the `renaming` saga makes that lasting. A claim that comes to
 * nothing lapses after a minute.
 * @throws Problem 409 `username_taken`
 */
export const claimUsername = async (
  executor: Executor,
  userId: UserId,
  name: string,
  origin: Origin,
): Promise<void> => {
  const command = { type: 'ClaimUsername' as const, data: { userId } }
  const answer = await executor.execute(
    username,
    usernameIdOf(name),
    command,
    before(origin, 'username'),
  )
  if (isRefusal(answer))
    throw new Problem(
      409,
      'username_taken',
      'Somebody has this username already; choose another one.',
      [{ field: 'username', message: 'is taken; choose another one' }],
    )
}
